import { utc, type InstanceEventRow, type SettingSnapshotRow } from '@plumbline/contracts';
import { key, shaped, text, type RowOf } from '../rows.js';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';

const setting_shape = {
  ...{ name: key, value: text, isdefault: text, ismodified: text, isses_modifiable: text, issys_modifiable: text },
};
type Setting = RowOf<typeof setting_shape>;

interface SettingsState {
  readonly shape: 'oracle.settings.1';
  readonly at: string;
  readonly settings: Readonly<Record<string, readonly [value: string, source: string]>>;
}

const shape = 'oracle.settings.1';
export const hidden_value = '<hidden>';

/** Parameters that may hold a secret or a path to one. `remote_login_passwordfile` is one of three words. */
export const mayHoldSecret = (name: string): boolean =>
  /password|secret|credential|token|passphrase/i.test(name) && name !== 'remote_login_passwordfile';

/** IMMEDIATE takes effect at once for all, DEFERRED for sessions to come; FALSE only at the next start. */
const changeNeeds = (setting: Setting): SettingSnapshotRow['change_needs'] => {
  if (setting.isses_modifiable === 'TRUE') return 'session';
  return setting.issys_modifiable === 'FALSE' ? 'restart' : 'reload';
};

const sourceOf = (setting: Setting): string => {
  if (setting.ismodified !== '' && setting.ismodified !== 'FALSE') return 'ALTER SYSTEM';
  return setting.isdefault === 'TRUE' ? 'default' : 'parameter file';
};

/** A row per parameter when first seen and when it changes, with an event for the change. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<SettingsState>(previous, shape);
    const { rows, malformed } = shaped(await query('settings.sql'), setting_shape);
    const window = windowOf(reading, before?.at);
    const known = (setting: Setting): readonly [string, string] => [
      mayHoldSecret(setting.name) && setting.value !== '' ? hidden_value : setting.value,
      sourceOf(setting),
    ];
    const changed = rows.filter((setting) => known(setting).join() !== before?.settings[setting.name]?.join());
    const setting_snapshots = changed.map((setting): Omit<SettingSnapshotRow, 'batch_id'> => {
      const [value, source] = known(setting);
      return {
        ...{ instance_id: reading.instance_id, observed_at: utc(window.end), name: setting.name, value, unit: '' },
        ...{ source, change_needs: changeNeeds(setting), pending_restart: 0 },
      };
    });
    const instance_events = changed.flatMap((setting): Omit<InstanceEventRow, 'batch_id'>[] => {
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
      ...{ shape, at: window.end.toISOString() },
      settings: Object.fromEntries(rows.map((setting) => [setting.name, known(setting)])),
    };
    const outcome = worst(malformedOutcome(malformed, 'V$SYSTEM_PARAMETER'));
    return collected(window, { setting_snapshots, instance_events }, state, rows.length, outcome);
  });
