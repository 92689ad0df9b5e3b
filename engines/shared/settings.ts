import { utc, type InstanceEventRow, type InstanceId, type SettingSnapshotRow } from '@plumbline/contracts';
import type { ReadingWindow } from './reading.js';

/** A setting as an engine read it, a secret hidden. */
export type Setting = Omit<SettingSnapshotRow, 'batch_id' | 'instance_id' | 'observed_at'>;

/** Told in place of what may be a secret. */
export const hidden_value = '<hidden>';

export interface SettingsState {
  readonly shape: string;
  readonly at: string;
  readonly settings: Readonly<Record<string, readonly [value: string, source: string, pending_restart?: 0 | 1]>>;
}

/** What is new of the settings, and what to remember. */
export interface ToldSettings {
  readonly rows: {
    readonly setting_snapshots: readonly Omit<SettingSnapshotRow, 'batch_id'>[];
    readonly instance_events: readonly Omit<InstanceEventRow, 'batch_id'>[];
  };
  readonly state: SettingsState;
}

/**
 * A row per setting when it is first seen and when it changes, with an event for a value that changed.
 * @param databaseOf '' for a setting of the whole instance
 */
export function tellSettings(
  shape: string,
  { instance_id, window }: { readonly instance_id: InstanceId; readonly window: ReadingWindow },
  settings: readonly Setting[],
  before: SettingsState | undefined,
  databaseOf: (name: string) => string = () => '',
): ToldSettings {
  const changed = settings.filter((setting) => knownOf(setting).join() !== before?.settings[setting.name]?.join());
  const setting_snapshots = changed.map((setting) => ({ instance_id, observed_at: utc(window.end), ...setting }));
  const instance_events = changed.flatMap(({ name, value }): Omit<InstanceEventRow, 'batch_id'>[] => {
    const was = before?.settings[name]?.[0];
    if (was === undefined || was === value) return [];
    return [
      {
        ...{ instance_id, kind: 'setting_changed', database_name: databaseOf(name), query_hash: '' },
        ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
        ...{ object_name: name, subject: name, before: was, after: value },
      },
    ];
  });
  const known = Object.fromEntries(settings.map((setting) => [setting.name, knownOf(setting)]));
  return {
    rows: { setting_snapshots, instance_events },
    state: { shape, at: window.end.toISOString(), settings: known },
  };
}

const knownOf = ({ value, source, pending_restart }: Setting) => [value, source, pending_restart] as const;
