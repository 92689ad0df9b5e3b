import type { SettingSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { hidden_value, tellSettings, type Setting, type SettingsState } from '../../shared/settings.js';
import { key, shaped, text, type RowOf } from '../fields.js';
import { malformedOutcome, worst } from './outcome.js';
import type { CollectAspect } from './reading.js';

const setting_shape = {
  ...{ name: key, value: text, isdefault: text, ismodified: text, isses_modifiable: text, issys_modifiable: text },
};
type Parameter = RowOf<typeof setting_shape>;

const shape = 'oracle.settings.1';

/** Parameters that may hold a secret or a path to one. `remote_login_passwordfile` is one of three words. */
export const mayHoldSecret = (name: string): boolean =>
  /password|secret|credential|token|passphrase/i.test(name) && name !== 'remote_login_passwordfile';

/** IMMEDIATE takes effect at once for all, DEFERRED for sessions to come; FALSE only at the next start. */
const changeNeeds = (parameter: Parameter): SettingSnapshotRow['change_needs'] => {
  if (parameter.isses_modifiable === 'TRUE') return 'session';
  return parameter.issys_modifiable === 'FALSE' ? 'restart' : 'reload';
};

const sourceOf = (parameter: Parameter): string => {
  if (parameter.ismodified !== '' && parameter.ismodified !== 'FALSE') return 'ALTER SYSTEM';
  return parameter.isdefault === 'TRUE' ? 'default' : 'parameter file';
};

const settingOf = (parameter: Parameter): Setting => ({
  ...{ name: parameter.name, unit: '', source: sourceOf(parameter) },
  value: mayHoldSecret(parameter.name) && parameter.value !== '' ? hidden_value : parameter.value,
  ...{ change_needs: changeNeeds(parameter), pending_restart: 0 },
});

/** Parameters of the instance connected to. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read(async (query) => {
    const before = stateOf<SettingsState>(previous, shape);
    const read = shaped(await query('settings.sql'), setting_shape);
    const window = windowOf(reading, before?.at);
    const { rows, state } = tellSettings(
      shape,
      { instance_id: reading.instance_id, window },
      read.rows.map(settingOf),
      before,
    );
    const outcome = worst(malformedOutcome(read.malformed, 'V$SYSTEM_PARAMETER'));
    return collected(window, rows, state, read.rows.length, outcome);
  });
