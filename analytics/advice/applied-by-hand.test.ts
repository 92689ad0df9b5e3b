import { describe, expect, test } from '@jest/globals';
import type { Action, Utc, ViewRow } from '@plumbline/contracts';
import { appliedByHand, type PresentFacts } from './applied-by-hand.js';

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
  ...{ events: [], indexes: [], tables: [], setting_units: new Map([['work_mem', 'kB']]), ...given },
});

const create: Action = { kind: 'create_index', ...orders, columns: ['a'], included_columns: [], method: 'btree' };
const drop: Action = { kind: 'drop_index', ...orders, index_name: 'i', definition: '' };
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
