import { readFileSync } from 'node:fs';
import { utc, type InstanceEventRow, type SettingSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import type { Fields } from '../fields.js';
import { statement, type ServerFacts } from '../source.js';
import type { CollectAspect } from './reading.js';

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly source: string;
  readonly change_needs: SettingSnapshotRow['change_needs'];
  readonly pending_restart: 0 | 1;
}

type Known = readonly [value: string, source: string, pending_restart: 0 | 1];

interface SettingsState {
  readonly shape: 'mysql.settings.1';
  readonly at: string;
  readonly settings: Readonly<Record<string, Known>>;
}

const shape = 'mysql.settings.1';
export const hidden_value = '<hidden>';

/** Values that hold passwords or tokens by design, and statements that the server runs, which do so by habit. */
export const mayHoldSecret = ({ name, value }: Pick<Setting, 'name' | 'value'>): boolean =>
  /(password|passphrase|secret|token|_auth)$|^init_(connect|replica|slave)$/.test(name) &&
  !/^(on|off|\d*)$/i.test(value);

/** They change by themselves: not settings. */
const moving = new Set([
  'timestamp',
  'gtid_executed',
  'gtid_owned',
  'gtid_binlog_pos',
  'gtid_binlog_state',
  'server_memory',
]);
const isMoving = (name: string): boolean => moving.has(name) || /^gtid_(current|slave)_pos$/.test(name);

type Needs = SettingSnapshotRow['change_needs'];

let mysql_needs: ReadonlyMap<string, Needs> | undefined;

/** By name, from variables.txt; a variable that is not listed takes effect at SET GLOBAL. */
function mysqlNeeds(name: string): Needs {
  mysql_needs ??= new Map(
    readFileSync(new URL('./variables.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .flatMap((line) => {
        const [needs = '', ...names] = line.split(' ');
        return names.map((listed): [string, Needs] => [listed, needs as Needs]);
      }),
  );
  return mysql_needs.get(name) ?? 'reload';
}

function mariadbNeeds(row: Fields): Needs {
  if (row.flag('is_read_only')) return row.flag('is_not_an_option') ? 'fixed' : 'restart';
  return row.text('scope') === 'SESSION' ? 'session' : 'reload';
}

function settingOf(row: Fields, { family }: ServerFacts): Setting {
  const name = row.text('name');
  const value = row.text('value');
  const is_pending = !row.isNull('persisted') && row.text('persisted') !== value;
  return {
    name,
    value: mayHoldSecret({ name, value }) ? hidden_value : value,
    source: row.text('source'),
    change_needs: family === 'mariadb' ? mariadbNeeds(row) : mysqlNeeds(name),
    pending_restart: is_pending ? 1 : 0,
  };
}

const known = ({ value, source, pending_restart }: Setting): Known => [value, source, pending_restart];

/** A row per setting when first seen and when it changes, with an event for the change. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<SettingsState>(previous, shape);
    const rows = await query(statement(`settings-${reading.source.facts.family}.sql`));
    const window = windowOf(reading, before?.at);
    const read = rows.map((row) => settingOf(row, reading.source.facts)).filter(({ name }) => !isMoving(name));
    const changed = read.filter((setting) => known(setting).join() !== before?.settings[setting.name]?.join());
    const snapshots = changed.map((setting): Omit<SettingSnapshotRow, 'batch_id'> => ({
      ...{ instance_id: reading.instance_id, observed_at: utc(window.end), unit: '' },
      ...setting,
    }));
    const events = changed.flatMap((setting): Omit<InstanceEventRow, 'batch_id'>[] => {
      const was = before?.settings[setting.name]?.[0];
      if (was === undefined || was === setting.value) return [];
      return [
        {
          ...{ instance_id: reading.instance_id, kind: 'setting_changed', database_name: '', query_hash: '' },
          ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
          ...{ object_name: setting.name, subject: setting.name, before: was, after: setting.value },
        },
      ];
    });
    const state: SettingsState = {
      shape,
      at: window.end.toISOString(),
      settings: Object.fromEntries(read.map((setting) => [setting.name, known(setting)])),
    };
    return collected(window, { setting_snapshots: snapshots, instance_events: events }, state, read.length);
  });
