import { expect, test } from '@jest/globals';
import type { JobContext } from '../job.js';
import { replicaUse } from './replica-use.js';

const instance = (instance_id: string, more: object = {}) => ({
  ...{ instance_id, engine: 'postgresql', cluster_name: '7412345678901234567', is_replica: 0, is_enabled: 1 },
  ...more,
});
const primary = instance('primary');
const index = (instance_id: string, database_name: string, scans: number, observed_s: number) => ({
  ...{ instance_id, database_name, schema_name: 'public', index_name: 'orders_legacy_idx', scans, observed_s },
});

const contextOf = (instances: readonly object[], indexes: readonly { readonly instance_id: string }[]): JobContext =>
  ({
    ask: async (view: string, { instance_id }: { instance_id: string }) =>
      view === 'instances_latest' ? instances : indexes.filter((one) => one.instance_id === instance_id),
  }) as unknown as JobContext;

test('the other instances of the cluster tell their scans, of all databases together, and how long they were watched', async () => {
  const context = contextOf(
    [primary, instance('standby', { is_replica: 1 })],
    [index('standby', 'shop', 3, 600), index('standby', 'archive', 4, 900), index('primary', 'shop', 9, 900)],
  );
  expect(await replicaUse(context, primary)).toEqual([
    { instance_id: 'standby', index_scans: new Map([['public.orders_legacy_idx', 7]]), observed_s: 900 },
  ]);
});

test('a replica whose indexes were never read was watched for no time at all', async () => {
  const context = contextOf([primary, instance('standby')], []);
  expect(await replicaUse(context, primary)).toEqual([
    { instance_id: 'standby', index_scans: new Map(), observed_s: 0 },
  ]);
});

test.each([
  ['an instance of another cluster', { cluster_name: 'other' }],
  ['one of another engine', { engine: 'mysql' }],
  ['one that is switched off', { is_enabled: 0 }],
  ['the instance itself', { instance_id: 'primary' }],
])('%s is no replica of it', async (_title, more) => {
  expect(await replicaUse(contextOf([primary, instance('other', more)], []), primary)).toEqual([]);
});

test('where nobody named the cluster no instance is taken for a replica', async () => {
  const nameless = instance('primary', { cluster_name: '' });
  expect(await replicaUse(contextOf([nameless, instance('other', { cluster_name: '' })], []), nameless)).toEqual([]);
});
