import type { AspectOutcome } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { hidden_value, tellSettings, type Setting, type SettingsState } from '../../shared/settings.js';
import { textOf, type Fields } from '../fields.js';
import { readAsText } from './as-text.js';
import { isResting, type CollectAspect, type Reading } from './reading.js';

const shape = 'dremio.settings.1';
const value_columns = ['value', 'values', 'num_val', 'string_val', 'bool_val', 'float_val'];
const wanted = ['name', 'kind', 'type', 'status', ...value_columns];

/** Support keys. */
export const settings: CollectAspect = async (reading, previous) => {
  const before = stateOf<SettingsState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const read = await readAsText(reading, `${reading.source.facts.edition.system}options`, wanted);
  if (read === undefined) return collected(window, {}, previous ?? null, 0, notThere(reading));
  const found = read.map(settingOf).filter(({ name }) => name !== '');
  const { rows, state } = tellSettings(shape, { instance_id: reading.instance_id, window }, found, before);
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
    value,
    unit: '',
    source: [textOf(fields['type']), textOf(fields['status'])].filter((text) => text !== '').join(' '),
    change_needs: /BOOT/i.test(textOf(fields['type'])) ? 'restart' : 'session',
    pending_restart: 0,
  };
}

const notThere = (reading: Reading): AspectOutcome => ({
  state: 'unsupported',
  message: `${reading.source.facts.edition.label} does not show its support keys`,
  fix:
    reading.source.facts.edition.id === 'cloud'
      ? 'Nothing to do: Dremio Cloud manages them; aspects.settings.enabled: false hides this line'
      : 'Make the user an administrator: only those are shown sys.options',
});
