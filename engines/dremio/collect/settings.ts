import { utc, type AspectOutcome, type InstanceEventRow, type SettingSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { textOf, type Fields } from '../fields.js';
import { readAsText } from './as-text.js';
import { isResting, type CollectAspect, type Reading } from './reading.js';

type Known = readonly [value: string, source: string];

interface SettingsState {
  readonly shape: 'dremio.settings.1';
  readonly at: string;
  readonly settings: Readonly<Record<string, Known>>;
}

const shape = 'dremio.settings.1';
const hidden_value = '<hidden>';
const value_columns = ['value', 'values', 'num_val', 'string_val', 'bool_val', 'float_val'];
const wanted = ['name', 'kind', 'type', 'status', ...value_columns];

interface Setting {
  readonly name: string;
  readonly known: Known;
  readonly change_needs: SettingSnapshotRow['change_needs'];
}

/** Support keys: a row for each when it is first seen and when it changes, with an event for the change. */
export const settings: CollectAspect = async (reading, previous) => {
  const before = stateOf<SettingsState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const read = await readAsText(reading, `${reading.source.facts.edition.system}options`, wanted);
  if (read === undefined) return collected(window, {}, previous ?? null, 0, notThere(reading));
  const found = read.map(settingOf).filter(({ name }) => name !== '');
  const changed = found.filter(({ name, known }) => known.join() !== before?.settings[name]?.join());
  const state: SettingsState = {
    shape,
    at: window.end.toISOString(),
    settings: Object.fromEntries(found.map(({ name, known }) => [name, known])),
  };
  const rows = {
    setting_snapshots: changed.map((setting) => snapshotOf(setting, reading, window)),
    instance_events: changed.flatMap((setting) => changeOf(setting, before, reading, window)),
  };
  return collected(window, rows, state, read.length);
};

function settingOf(fields: Fields): Setting {
  const name = textOf(fields['name']);
  const given = value_columns.map((column) => textOf(fields[column])).find((text) => text !== '') ?? '';
  // Keys of sources and stores are set as support keys too.
  const may_hold_secret = /password|secret|token|credential|passphrase|private|\bkey\b/i.test(name);
  const value = may_hold_secret && given !== '' && !/^(true|false|-?[\d.]+)$/i.test(given) ? hidden_value : given;
  return {
    name,
    known: [value, [textOf(fields['type']), textOf(fields['status'])].filter((text) => text !== '').join(' ')],
    change_needs: /BOOT/i.test(textOf(fields['type'])) ? 'restart' : 'session',
  };
}

const snapshotOf = (
  { name, known: [value, source], change_needs }: Setting,
  reading: Reading,
  window: ReadingWindow,
): Omit<SettingSnapshotRow, 'batch_id'> => ({
  ...{ instance_id: reading.instance_id, observed_at: utc(window.end), name, value, unit: '', source },
  ...{ change_needs, pending_restart: 0 },
});

function changeOf(
  { name, known: [is] }: Setting,
  before: SettingsState | undefined,
  reading: Reading,
  window: ReadingWindow,
): Omit<InstanceEventRow, 'batch_id'>[] {
  const was = before?.settings[name]?.[0];
  if (was === undefined || was === is) return [];
  return [
    {
      ...{ instance_id: reading.instance_id, kind: 'setting_changed', database_name: '', query_hash: '' },
      ...{ occurred_at: utc(window.end), noticed_after: utc(window.start) },
      ...{ object_name: name, subject: name, before: was, after: is },
    },
  ];
}

const notThere = (reading: Reading): AspectOutcome => ({
  state: 'unsupported',
  message: `${reading.source.facts.edition.label} does not show its support keys`,
  fix:
    reading.source.facts.edition.id === 'cloud'
      ? 'Nothing to do: Dremio Cloud manages them; aspects.settings.enabled: false hides this line'
      : 'Make the user an administrator: only those are shown sys.options',
});
