import { readFileSync } from 'node:fs';
import type { SettingSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { hidden_value, tellSettings, type Setting, type SettingsState } from '../../shared/settings.js';
import type { Fields } from '../fields.js';
import { statement, type ServerFacts } from '../source.js';
import type { CollectAspect } from './reading.js';

const shape = 'mysql.settings.1';

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
    unit: '',
    value: mayHoldSecret({ name, value }) ? hidden_value : value,
    source: row.text('source'),
    change_needs: family === 'mariadb' ? mariadbNeeds(row) : mysqlNeeds(name),
    pending_restart: is_pending ? 1 : 0,
  };
}

/** Global variables, but those that move by themselves. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const { facts } = reading.source;
    const before = stateOf<SettingsState>(previous, shape);
    const answer = await query(statement(`settings-${facts.family}.sql`));
    const window = windowOf(reading, before?.at);
    const read = answer.map((row) => settingOf(row, facts)).filter(({ name }) => !isMoving(name));
    const { rows, state } = tellSettings(shape, { instance_id: reading.instance_id, window }, read, before);
    return collected(window, rows, state, read.length);
  });
