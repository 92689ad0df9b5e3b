import type { SettingSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { hidden_value, tellSettings, type Setting, type SettingsState } from '../../shared/settings.js';
import { statement } from '../source.js';
import type { CollectAspect } from './reading.js';

interface SettingRead {
  readonly name: string;
  readonly value: string | null;
  readonly unit: string;
  readonly source: string;
  readonly context: string;
  readonly vartype: string;
  readonly pending_restart: boolean;
}

const shape = 'postgresql.settings.1';

/** Values that hold passwords by design, and custom ones of applications, which do so by habit. */
export function mayHoldSecret(setting: Pick<SettingRead, 'name' | 'vartype'>): boolean {
  if (setting.vartype !== 'string') return false;
  if (/conninfo|command|passphrase|password|secret|token|krb_|ldap/i.test(setting.name)) return true;
  return setting.name.includes('.') && !/^(pg_stat_statements|auto_explain|hypopg|plpgsql)\./.test(setting.name);
}

const change_needs: Readonly<Record<string, SettingSnapshotRow['change_needs']>> = {
  internal: 'fixed',
  postmaster: 'restart',
  sighup: 'reload',
};

function settingOf({ name, vartype, value, unit, source, context, pending_restart }: SettingRead): Setting {
  const given = value ?? '';
  return {
    ...{ name, unit, source, change_needs: change_needs[context] ?? 'session' },
    value: mayHoldSecret({ name, vartype }) && given !== '' ? hidden_value : given,
    pending_restart: pending_restart ? 1 : 0,
  };
}

/** Parameters as a session of the configured database sees them. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<SettingsState>(previous, shape);
    const read = (await query<SettingRead>(statement('settings.sql'))).map(settingOf);
    const window = windowOf(reading, before?.at);
    const { rows, state } = tellSettings(shape, { instance_id: reading.instance_id, window }, read, before);
    return collected(window, rows, state, read.length);
  });
