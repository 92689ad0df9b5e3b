import { describe, expect, test } from '@jest/globals';
import type { PlanNode } from '@plumbline/contracts';
import { hashOfPlan } from './plan-shape.js';

const scan: PlanNode = {
  ...{ operator: 'index_scan', native_operator: 'Index Scan', schema: 'public', table: 'orders', index: 'orders_pkey' },
  ...{ access_condition: '(id = ?)', filter_condition: '', estimated_rows: 1, estimated_width_bytes: 8 },
  ...{ startup_cost: 0, total_cost: 8, children: [] },
};
const above = (children: readonly PlanNode[]): PlanNode => ({ ...scan, operator: 'append', table: '', children });

describe('the hash of a plan’s shape', () => {
  test('is the one that stored plans are keyed by', () => {
    expect([hashOfPlan(scan), hashOfPlan(above([scan]))]).toEqual(['dfa94c4603736173', '5e125028e876862d']);
  });

  test.each<[string, Partial<PlanNode>]>([
    ['costs', { startup_cost: 4, total_cost: 900 }],
    ['row counts', { estimated_rows: 5000, estimated_width_bytes: 80 }],
    [
      'what a run really did',
      { actual: { rows: 5, executions: 1, time_us: 7, spilled_bytes: null, peak_memory_bytes: null } },
    ],
    ['the number of partitions read', { partitions: { read: 3, total: 12 } }],
  ])('does not move with %s', (_what, over) => {
    expect(hashOfPlan({ ...scan, ...over })).toBe(hashOfPlan(scan));
  });

  test.each<[string, PlanNode]>([
    ['the engine’s operator', { ...scan, native_operator: 'Index Only Scan' }],
    ['the schema', { ...scan, schema: 'other' }],
    ['the table', { ...scan, table: 'items' }],
    ['the index', { ...scan, index: 'orders_i' }],
    ['the access condition', { ...scan, access_condition: '(a = ?)' }],
    ['the filter', { ...scan, filter_condition: '(a = ?)' }],
    ['a node above', above([scan])],
  ])('moves with %s', (_what, other) => {
    expect(hashOfPlan(other)).not.toBe(hashOfPlan(scan));
  });

  test('moves with the order of the children', () => {
    const other = { ...scan, table: 'items' };
    expect(hashOfPlan(above([scan, other]))).not.toBe(hashOfPlan(above([other, scan])));
  });
});
