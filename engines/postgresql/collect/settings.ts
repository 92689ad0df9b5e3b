import { utc, type InstanceEventRow, type SettingSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { statement } from '../source.js';
import type { CollectAspect } from './reading.js';

interface Setting {
  readonly name: string;
  readonly value: string | null;
  readonly unit: string;
  readonly source: string;
  readonly context: string;
  readonly vartype: string;
  readonly pending_restart: boolean;
}

type Known = readonly [value: string, source: string, pending_restart: 0 | 1];

interface SettingsState {
  readonly shape: 'postgresql.settings.1';
  readonly at: string;
  readonly settings: Readonly<Record<string, Known>>;
}

const shape = 'postgresql.settings.1';
export const hidden_value = '<hidden>';

/** Values that hold passwords by design, and custom ones of applications, which do so by habit. */
export function mayHoldSecret(setting: Pick<Setting, 'name' | 'vartype'>): boolean {
  if (setting.vartype !== 'string') return false;
  if (/conninfo|command|passphrase|password|secret|token|krb_|ldap/i.test(setting.name)) return true;
  return setting.name.includes('.') && !/^(pg_stat_statements|auto_explain|hypopg|plpgsql)\./.test(setting.name);
}

const change_needs: Readonly<Record<string, SettingSnapshotRow['change_needs']>> = {
  internal: 'fixed',
  postmaster: 'restart',
  sighup: 'reload',
};

/** A row per setting when first seen and when it changes, with an event for the change. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<SettingsState>(previous, shape);
    const read = await query<Setting>(statement('settings.sql'));
    const window = windowOf(reading, before?.at);
    const known = (setting: Setting): Known => [
      mayHoldSecret(setting) && (setting.value ?? '') !== '' ? hidden_value : (setting.value ?? ''),
      setting.source,
      setting.pending_restart ? 1 : 0,
    ];
    const changed = read.filter((setting) => known(setting).join() !== before?.settings[setting.name]?.join());
    const snapshots = changed.map((setting) => {
      const [value, source, pending_restart] = known(setting);
      return {
        ...{ instance_id: reading.instance_id, observed_at: utc(window.end), name: setting.name, value },
        ...{ unit: setting.unit, source, pending_restart, change_needs: change_needs[setting.context] ?? 'session' },
      } satisfies Omit<SettingSnapshotRow, 'batch_id'>;
    });
    const events = changed.flatMap((setting): Omit<InstanceEventRow, 'batch_id'>[] => {
      const was = before?.settings[setting.name]?.[0];
      const [is] = known(setting);
      if (was === undefined || was === is) return [];
      return [
        {
          ...{ instance_id: reading.instance_id, kind: 'setting_changed', database_name: '', query_hash: '' },
          ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
          ...{ object_name: setting.name, subject: setting.name, before: was, after: is },
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
