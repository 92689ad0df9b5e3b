import { describe, expect, it } from '@jest/globals';
import { redact } from '@plumbline/sql';
import { planTree, type PlanLine } from './plan-tree.js';

const redacted = (fragment: string): string => redact(fragment, 'oracle');

const line = (id: number, parent_id: number | null, operation: string, over: Partial<PlanLine> = {}): PlanLine => ({
  ...{ id, parent_id, position: id, operation, options: '', object_owner: '', object_name: '', object_type: '' },
  ...{ cost: null, cardinality: null, bytes: null, partition_start: '', partition_stop: '' },
  ...{ access_predicates: '', filter_predicates: '' },
  ...over,
});

describe('A plan of Oracle as the common tree', () => {
  it('follows the parent links, in the order of the positions, whatever the order of the lines', () => {
    const tree = planTree(
      [
        line(4, 1, 'TABLE ACCESS', { options: 'FULL', object_owner: 'SHOP', object_name: 'LINES', position: 2 }),
        line(0, null, 'SELECT STATEMENT', { cost: 40 }),
        line(3, 2, 'INDEX', { options: 'UNIQUE SCAN', object_name: 'ORDERS_PK', access_predicates: '"O"."ID"=42' }),
        line(1, 0, 'HASH JOIN', { cardinality: 10, bytes: 305 }),
        line(2, 1, 'TABLE ACCESS', { options: 'BY INDEX ROWID', object_name: 'ORDERS', position: 1 }),
      ],
      redacted,
    );
    expect(tree).toMatchObject({
      ...{ operator: 'result', total_cost: 40 },
      children: [
        {
          ...{ operator: 'hash_join', estimated_rows: 10, estimated_width_bytes: 31 },
          children: [
            {
              ...{ operator: 'lookup', table: 'ORDERS', index: '' },
              children: [{ operator: 'index_scan', index: 'ORDERS_PK', table: '', access_condition: 'o.id = ?' }],
            },
            {
              operator: 'seq_scan',
              schema: 'SHOP',
              table: 'LINES',
              native_operator: 'TABLE ACCESS FULL',
              children: [],
            },
          ],
        },
      ],
    });
  });

  it.each([
    ['TABLE ACCESS', 'STORAGE FULL', 'seq_scan'],
    ['TABLE ACCESS', 'BY GLOBAL INDEX ROWID BATCHED', 'lookup'],
    ['MAT_VIEW ACCESS', 'FULL', 'seq_scan'],
    ['INDEX', 'RANGE SCAN', 'index_scan'],
    ['INDEX', 'FAST FULL SCAN', 'index_only_scan'],
    ['NESTED LOOPS', 'OUTER', 'nested_loop'],
    ['HASH JOIN', 'RIGHT SEMI', 'hash_join'],
    ['MERGE JOIN', '', 'merge_join'],
    ['SORT', 'ORDER BY', 'sort'],
    ['SORT', 'GROUP BY', 'aggregate'],
    ['SORT', 'AGGREGATE', 'aggregate'],
    ['HASH', 'GROUP BY', 'aggregate'],
    ['WINDOW', 'SORT', 'window'],
    ['COUNT', 'STOPKEY', 'limit'],
    ['PX COORDINATOR', '', 'exchange'],
    ['PX SEND', 'HASH', 'exchange'],
    ['PARTITION RANGE', 'SINGLE', 'append'],
    ['UNION-ALL', '', 'append'],
    ['MINUS', '', 'set_operation'],
    ['BITMAP', 'CONVERSION TO ROWIDS', 'bitmap_scan'],
    ['VIEW', '', 'subquery'],
    ['UPDATE STATEMENT', '', 'modify'],
    ['something new', '', 'other'],
  ])('%s %s is %s', (operation, options, operator) => {
    expect(planTree([line(0, null, operation, { options })], redacted)?.operator).toBe(operator);
  });

  it.each([
    { what: 'no lines', lines: [] },
    { what: 'no root', lines: [line(1, 0, 'SORT')] },
    { what: 'a parent that is not there', lines: [line(0, null, 'SELECT STATEMENT'), line(3, 2, 'SORT')] },
    { what: 'a line below itself', lines: [line(0, null, 'SELECT STATEMENT'), line(1, 1, 'SORT')] },
    { what: 'a loop', lines: [line(0, null, 'SELECT STATEMENT'), line(1, 2, 'SORT'), line(2, 1, 'SORT')] },
    { what: 'two roots', lines: [line(0, null, 'SELECT STATEMENT'), line(1, null, 'SORT')] },
    { what: 'the same number twice', lines: [line(0, null, 'A'), line(1, 0, 'B'), line(1, 0, 'C')] },
  ])('is none with $what', ({ lines }) => {
    expect(planTree(lines, redacted)).toBeUndefined();
  });

  it.each([
    { start: '3', stop: '5', partitions: { read: 3, total: null } },
    { start: '7', stop: '7', partitions: { read: 1, total: null } },
    { start: 'KEY', stop: 'KEY', partitions: undefined },
    { start: 'ROW LOCATION', stop: 'ROW LOCATION', partitions: undefined },
  ])('reads partitions $start to $stop as far as the plan knows them', ({ start, stop, partitions }) => {
    const tree = planTree([line(0, null, 'TABLE ACCESS', { partition_start: start, partition_stop: stop })], redacted);
    expect(tree?.partitions).toEqual(partitions);
  });

  it.each([
    { over: { operation: 'MERGE JOIN', options: 'CARTESIAN' }, kinds: ['no_join_predicate'] },
    { over: { filter_predicates: 'SYS_OP_C2C("CODE")=:1' }, kinds: ['implicit_conversion'] },
    { over: { filter_predicates: '"CODE"=:1' }, kinds: undefined },
  ])('warns of $kinds', ({ over, kinds }) => {
    expect(planTree([line(0, null, 'SORT', over)], redacted)?.warnings?.map(({ kind }) => kind)).toEqual(kinds);
  });
});
