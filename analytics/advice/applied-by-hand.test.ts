import { describe, expect, test } from '@jest/globals';
import type { Action, ReflectionShape, Utc, ViewRow } from '@plumbline/contracts';
import { appliedByHand } from './applied-by-hand.js';
import type { PresentFacts } from './present-facts.js';

const proposed = '2026-11-20 12:00:00.000' as Utc;
const earlier = '2026-11-20 11:00:00.000' as Utc;
const later = '2026-11-20 13:00:00.000' as Utc;
const orders = { database_name: 'shop', schema_name: 'public', table_name: 'orders' };

const event = (kind: string, occurred_at: Utc, more: Partial<ViewRow<'judge_events'>>): ViewRow<'judge_events'> => ({
  ...{ kind, occurred_at, noticed_after: earlier, database_name: 'shop', object_name: 'public.orders' },
  ...{ subject: '', query_hash: '', before: '', after: '', ...more },
});
const index = (more: Partial<ViewRow<'indexes_latest'>>): ViewRow<'indexes_latest'> => ({
  ...{ ...orders, instance_id: 'shop', index_name: 'i', observed_at: later, method: 'btree', key_columns: ['a', 'b'] },
  ...{ included_columns: [], predicate: '', is_unique: 0, backs_constraint: 0, is_valid: 1, definition: '' },
  ...{ size_bytes: 0, scans: 0, observed_s: 60, ...more },
});
const facts = (given: Partial<PresentFacts>): PresentFacts => ({
  ...{ events: [], indexes: [], tables: [], setting_units: new Map([['work_mem', 'kB']]) },
  ...{ reflections: [], reflections_listed_at: undefined, table_files: [], ...given },
});
const reflection = (more: Partial<ViewRow<'reflections_latest'>>): ViewRow<'reflections_latest'> => ({
  ...{
    instance_id: 'shop',
    reflection_id: 'r1',
    reflection_name: 'by_region',
    observed_at: later,
    kind: 'aggregation',
  },
  ...{ dataset_id: 'd', dataset_name: 'Lake.sales."or.ders"', is_enabled: 1, can_accelerate: 1, status: '' },
  ...{ display_columns: [], dimension_columns: ['REGION', 'day'], measure_columns: ['total'], partition_columns: [] },
  ...{ sort_columns: [], row_count: null, size_bytes: 0, total_size_bytes: 0, considered: 0, matched: 0, chosen: 3 },
  ...{ first_seen_at: earlier, used_runs: 3, first_used_at: later, last_used_at: later, failures: 0 },
  ...{ last_refresh_us: null, last_refreshed_at: null, expires_at: null, ...more },
});
const files = (more: Partial<ViewRow<'table_files_latest'>>): ViewRow<'table_files_latest'> => ({
  ...{ ...orders, instance_id: 'shop', observed_at: later, file_format: 'PARQUET', files: 60, size_bytes: 0 },
  ...{ row_count: 0, small_file_bytes: 0, small_files: 40, small_size_bytes: 0, partitions: 10, ...more },
});

const create: Action = { kind: 'create_index', ...orders, columns: ['a'], included_columns: [], method: 'btree' };
const drop: Action = { kind: 'drop_index', ...orders, index_name: 'i', definition: '' };
const shape: ReflectionShape = {
  ...{ reflection_name: 'r', kind: 'aggregation', display_columns: [], dimension_columns: ['region'] },
  ...{ measures: [{ column: 'total', functions: ['sum'] }], partition_columns: [], sort_columns: [] },
};
const dataset = { database_name: 'shop', dataset_path: ['lake', 'sales', 'or.ders'], reflection: shape };
const reflect: Action = { kind: 'create_reflection', ...dataset };
const forget: Action = { kind: 'drop_reflection', ...dataset, reflection_id: 'r1' };
const compact: Action = { kind: 'compact_table', ...orders };
const setting: Action = {
  ...{ kind: 'change_setting', name: 'work_mem', value: '64MB', previous_value: '4MB', scope: 'instance' },
  change_needs: 'reload',
};
const changed = (after: string, at = later) =>
  event('setting_changed', at, { object_name: 'work_mem', subject: 'work_mem', before: '4096', after });

const cases: readonly [string, Action, Partial<PresentFacts>, Utc | undefined][] = [
  ['an index that leads with the columns', create, { indexes: [index({})] }, later],
  [
    'an index made at the time of its event',
    create,
    { indexes: [index({})], events: [event('index_created', proposed, { subject: 'i' })] },
    proposed,
  ],
  ['an index in another database', create, { indexes: [index({ database_name: 'test' })] }, undefined],
  ['an index on another table', create, { indexes: [index({ table_name: 'items' })] }, undefined],
  ['an index led by another column', create, { indexes: [index({ key_columns: ['b', 'a'] })] }, undefined],
  ['an index of another method', create, { indexes: [index({ method: 'hash' })] }, undefined],
  ['a partial index', create, { indexes: [index({ predicate: '(c = ?)' })] }, undefined],
  ['an index still being built', create, { indexes: [index({ is_valid: 0 })] }, undefined],
  ['an event without the index', create, { events: [event('index_created', later, { subject: 'i' })] }, undefined],
  ['an index dropped', drop, { events: [event('index_dropped', later, { subject: 'i' })] }, later],
  [
    'an index dropped and made again',
    drop,
    { indexes: [index({})], events: [event('index_dropped', later, { subject: 'i' })] },
    undefined,
  ],
  ['another index dropped', drop, { events: [event('index_dropped', later, { subject: 'j' })] }, undefined],
  [
    'an index dropped before it was recommended',
    drop,
    { events: [event('index_dropped', earlier, { subject: 'i' })] },
    undefined,
  ],
  ['a setting raised as far, told in its unit', setting, { events: [changed('65536')] }, later],
  ['a setting raised further', setting, { events: [changed('131072')] }, later],
  ['a setting raised less', setting, { events: [changed('32768')] }, undefined],
  ['a setting that was raised and taken back', setting, { events: [changed('65536'), changed('4096')] }, undefined],
  ['a setting changed before it was recommended', setting, { events: [changed('65536', earlier)] }, undefined],
  ['a table analyzed', { kind: 'analyze_table', ...orders }, { events: [event('analyzed', later, {})] }, later],
  [
    'a table analyzed before',
    { kind: 'analyze_table', ...orders },
    { events: [event('analyzed', earlier, {})] },
    undefined,
  ],
  ['a reflection that answers queries', reflect, { reflections: [reflection({})] }, later],
  [
    'a reflection that answered before it was recommended',
    reflect,
    { reflections: [reflection({ first_used_at: earlier })] },
    proposed,
  ],
  [
    'a reflection whose engine tells only how often it was chosen',
    reflect,
    { reflections: [reflection({ used_runs: 0, first_used_at: null })] },
    later,
  ],
  [
    'a reflection that answered nothing yet',
    reflect,
    { reflections: [reflection({ chosen: 0, used_runs: 0, first_used_at: null })] },
    undefined,
  ],
  ['a reflection that failed', reflect, { reflections: [reflection({ can_accelerate: 0 })] }, undefined],
  ['a reflection without the measure', reflect, { reflections: [reflection({ measure_columns: [] })] }, undefined],
  ['a reflection of another kind', reflect, { reflections: [reflection({ kind: 'raw' })] }, undefined],
  ['a reflection elsewhere', reflect, { reflections: [reflection({ dataset_name: 'lake.sales.or.ders' })] }, undefined],
  ['a reflection dropped', forget, { reflections: [], reflections_listed_at: later }, later],
  ['a reflection still there', forget, { reflections: [reflection({})], reflections_listed_at: later }, undefined],
  ['a list of reflections from before', forget, { reflections: [], reflections_listed_at: earlier }, undefined],
  ['reflections that cannot be listed', forget, { reflections: [] }, undefined],
  ['a table compacted', compact, { table_files: [files({})] }, later],
  ['a table whose small files are many', compact, { table_files: [files({ small_files: 140 })] }, undefined],
  ['a table counted before', compact, { table_files: [files({ observed_at: earlier })] }, undefined],
  [
    'a rewrite',
    { kind: 'rewrite_query', before: 'a', after: 'b' },
    { events: [event('deploy', later, {})] },
    undefined,
  ],
];

describe('what was done by hand', () => {
  test.each(cases)('%s', (_name, action, given, occurred_at) => {
    expect(appliedByHand(action, proposed, facts(given))?.occurred_at).toBe(occurred_at);
  });
});
