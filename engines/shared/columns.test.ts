import { describe, expect, it } from '@jest/globals';
import { instanceId } from '@plumbline/contracts';
import { no_statistics, tellColumns, type Column, type ColumnsState } from './columns.js';

const column = (over: Partial<Column> = {}): Column => ({
  ...{ database_name: 'shop', schema_name: 'app', table_name: 'orders', column_name: 'id', ordinal: 1 },
  ...{ data_type: 'bigint', is_nullable: 0, ...no_statistics },
  ...over,
});
const note = column({ column_name: 'note', ordinal: 2, data_type: 'text', is_nullable: 1 });
const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 1, hour));

function tell(columns: readonly Column[], before: ColumnsState | undefined, hour: number, unread?: Set<string>) {
  const window = { start: before === undefined ? at(hour) : new Date(before.at), end: at(hour) };
  return tellColumns('test.schema', { instance_id: instanceId('test'), window }, columns, before, unread);
}
const first = tell([column(), note], undefined, 0).state;
const names = (rows: readonly { readonly column_name: string }[]) => rows.map(({ column_name }) => column_name);

describe('Columns read again', () => {
  it('are all told by the first reading, without events', () => {
    const { rows } = tell([column(), note], undefined, 0);
    expect(names(rows.column_snapshots)).toEqual(['id', 'note']);
    expect(rows.instance_events).toEqual([]);
  });

  it.each([
    { title: 'nothing when nothing changed', read: [column(), note], hour: 23, told: [] },
    { title: 'all of them after a day', read: [column(), note], hour: 24, told: ['id', 'note'] },
    { title: 'one whose statistics changed', read: [column({ n_distinct: 7 }), note], hour: 1, told: ['id'] },
    { title: 'one that is new', read: [column(), note, column({ column_name: 'at' })], hour: 1, told: ['at'] },
  ])('tell $title', ({ read, hour, told }) => {
    expect(names(tell(read, first, hour).rows.column_snapshots)).toEqual(told);
  });

  it.each([
    {
      title: 'a type that changed',
      read: [column({ data_type: 'text' }), note],
      event: ['id', 'bigint not null', 'text not null'],
    },
    {
      title: 'NOT NULL that was dropped',
      read: [column({ is_nullable: 1 }), note],
      event: ['id', 'bigint not null', 'bigint'],
    },
    {
      title: 'a column that was added',
      read: [column(), note, { ...note, column_name: 'at' }],
      event: ['at', '', 'text'],
    },
    { title: 'a column that was dropped', read: [column()], event: ['note', 'text', ''] },
  ])('make an event of $title', ({ read, event: [subject, before, after] }) => {
    expect(tell(read, first, 1).rows.instance_events).toEqual([
      {
        ...{ instance_id: 'test', kind: 'column_changed', query_hash: '', database_name: 'shop' },
        ...{ occurred_at: '2026-11-01 01:00:00.000', noticed_after: '2026-11-01 00:00:00.000' },
        ...{ object_name: 'app.orders', subject, before, after },
      },
    ]);
  });

  it.each([
    { title: 'a whole table that came', read: [column(), note, column({ table_name: 'items' })] },
    {
      title: 'a table of the same name in another database',
      read: [column(), note, column({ database_name: 'test' })],
    },
    { title: 'a whole table that went', read: [] },
  ])('make no event of $title', ({ read }) => {
    expect(tell(read, first, 1).rows.instance_events).toEqual([]);
  });

  it('are remembered while their database gives no answer', () => {
    const silent = tell([], first, 1, new Set(['shop']));
    expect(silent.state.columns).toEqual(first.columns);
    expect(tell([column()], silent.state, 2).rows.instance_events).toMatchObject([{ subject: 'note', after: '' }]);
  });
});
