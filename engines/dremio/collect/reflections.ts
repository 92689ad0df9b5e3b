import { utc, type AspectOutcome, type ReflectionSnapshotRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { countOf, namesOf, textOf, timeOf, wholeOf, type Fields } from '../fields.js';
import { granteeOf } from '../source.js';
import { readAsText } from './as-text.js';
import { isResting, type CollectAspect, type Reading } from './reading.js';

interface ReflectionsState {
  readonly shape: 'dremio.reflections.1';
  readonly at: string;
}

const shape = 'dremio.reflections.1';

/** Names differ between Software (`created_at`) and Cloud (`created`); what is not there is left out. */
const wanted = [
  ...['reflection_id', 'reflection_name', 'type', 'status', 'dataset_id', 'dataset_name', 'sort_columns'],
  ...['partition_columns', 'dimensions', 'measures', 'measure_columns', 'display_columns', 'external_reflection'],
  ...['num_failures', 'acceleration_status', 'refresh_method', 'record_count', 'current_footprint_bytes'],
  ...['total_footprint_bytes', 'last_refresh_duration_millis', 'last_refresh_from_table', 'last_refresh_finished'],
  ...['available_until', 'considered_count', 'matched_count', 'accelerated_count', 'chosen_count'],
];
const wanted_copies = ['reflection_id', 'state', 'size_bytes', 'last_refresh_finished'];

/** Every reflection with its shape, its state and its stored copies. */
export const reflections: CollectAspect = async (reading, previous) => {
  const before = stateOf<ReflectionsState>(previous, shape);
  const window = windowOf(reading, before?.at);
  if (isResting(reading, before?.at)) return collected(window, {}, before, 0);
  const { system } = reading.source.facts.edition;
  const read = await readAsText(reading, `${system}reflections`, wanted);
  if (read === undefined) return collected(window, {}, previous ?? null, 0, notShown(reading));
  const copies = await readAsText(reading, `${system}materializations`, wanted_copies);
  const copies_of = copiesByReflection(copies ?? []);
  const reflection_snapshots = read
    .filter((fields) => textOf(fields['reflection_id']) !== '')
    .map((fields) => ({
      ...{ instance_id: reading.instance_id, observed_at: utc(window.end) },
      ...snapshotOf(fields, copies_of.get(textOf(fields['reflection_id'])) ?? no_copies),
    }));
  const state: ReflectionsState = { shape, at: window.end.toISOString() };
  return collected(window, { reflection_snapshots }, state, read.length + (copies?.length ?? 0));
};

interface Copies {
  readonly stored: number;
  readonly failed: number;
  readonly refreshed_at: Date | undefined;
}
const no_copies: Copies = { stored: 0, failed: 0, refreshed_at: undefined };

function copiesByReflection(copies: readonly Fields[]): ReadonlyMap<string, Copies> {
  const by_id = new Map<string, Copies>();
  for (const copy of copies) {
    const id = textOf(copy['reflection_id']);
    const known = by_id.get(id) ?? no_copies;
    const state = textOf(copy['state']).toUpperCase();
    const refreshed_at = timeOf(copy['last_refresh_finished']);
    by_id.set(id, {
      stored: known.stored + (state === 'DONE' ? 1 : 0),
      failed: known.failed + (state === 'FAILED' ? 1 : 0),
      refreshed_at: later(known.refreshed_at, refreshed_at),
    });
  }
  return by_id;
}

const later = (a: Date | undefined, b: Date | undefined): Date | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

function snapshotOf(
  fields: Fields,
  copies: Copies,
): Omit<ReflectionSnapshotRow, 'batch_id' | 'instance_id' | 'observed_at'> {
  const text = (name: string): string => textOf(fields[name]);
  const status = text('status').toUpperCase();
  const refresh_ms = wholeOf(fields['last_refresh_duration_millis']);
  const row_count = wholeOf(fields['record_count']);
  return {
    reflection_id: text('reflection_id'),
    reflection_name: text('reflection_name'),
    kind: kindOf(fields),
    ...{ dataset_id: text('dataset_id'), dataset_name: text('dataset_name') },
    is_enabled: status === 'DISABLED' ? 0 : 1,
    can_accelerate: status.startsWith('CAN_ACCELERATE') ? 1 : 0,
    status,
    display_columns: namesOf(fields['display_columns']),
    dimension_columns: namesOf(fields['dimensions']),
    measure_columns: namesOf(fields['measure_columns'] ?? fields['measures']),
    partition_columns: namesOf(fields['partition_columns']),
    sort_columns: namesOf(fields['sort_columns']),
    row_count: row_count === undefined || row_count < 0n ? null : row_count,
    size_bytes: countOf(fields['current_footprint_bytes']),
    total_size_bytes: countOf(fields['total_footprint_bytes']),
    considered: countOf(fields['considered_count']),
    matched: countOf(fields['matched_count']),
    chosen: countOf(fields['accelerated_count'] ?? fields['chosen_count']),
    failures: Math.min(2 ** 32 - 1, Number(countOf(fields['num_failures']))),
    refresh_method: text('refresh_method'),
    last_refresh_time_us: refresh_ms === undefined || refresh_ms < 0n ? null : countOf(String(refresh_ms * 1_000n)),
    last_refreshed_at: utcOrNull(
      later(timeOf(fields['last_refresh_finished'] ?? fields['last_refresh_from_table']), copies.refreshed_at),
    ),
    expires_at: utcOrNull(timeOf(fields['available_until'])),
    materializations: copies.stored,
    failed_materializations: copies.failed,
  };
}

function kindOf(fields: Fields): ReflectionSnapshotRow['kind'] {
  const external = textOf(fields['external_reflection']);
  if (external !== '' && !/^(false|null|none)$/i.test(external)) return 'external';
  return /^AGG/i.test(textOf(fields['type'])) ? 'aggregation' : 'raw';
}

/** "Never" is written as a thousand years from now, beyond what the store can hold. */
const last_storable = new Date('2200-01-01T00:00:00Z');
const utcOrNull = (at: Date | undefined) => (at === undefined || at > last_storable ? null : utc(at));

const notShown = (reading: Reading): AspectOutcome => {
  const { id, system } = reading.source.facts.edition;
  return {
    state: 'denied',
    message: `${system}reflections is not shown to this user`,
    fix: `GRANT VIEW REFLECTION ON ${id === 'cloud' ? 'PROJECT' : 'SYSTEM'} TO USER ${granteeOf(reading.source.facts)}`,
  };
};
