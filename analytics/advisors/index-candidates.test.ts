import { expect, it } from '@jest/globals';
import { utc, type DroppedIndex, type IndexSnapshotRow, type TableSnapshotRow } from '@plumbline/contracts';
import { droppedCandidate } from './index-candidates.js';

const place = { database_name: 'shop', schema_name: 'public', table_name: 'orders' };
const dropped: DroppedIndex = {
  ...place,
  index_name: 'by_customer',
  definition: 'CREATE INDEX by_customer ON public.orders USING btree (customer_id)',
  dropped_at: utc(new Date(0)),
};
const table = place as TableSnapshotRow;
const index = (over: Partial<IndexSnapshotRow>) => ({ ...place, index_name: 'other', ...over }) as IndexSnapshotRow;

it.each([
  { what: 'a free name', over: {}, indexes: [], name: 'by_customer' },
  {
    what: 'a name free in its schema',
    over: {},
    indexes: [index({ schema_name: 'archive', index_name: 'by_customer' })],
    name: 'by_customer',
  },
  {
    what: 'a name given to another index',
    over: {},
    indexes: [index({ table_name: 'items', index_name: 'by_customer' })],
    name: undefined,
  },
  {
    what: 'the name of a unique index',
    over: { definition: dropped.definition.replace('INDEX', 'UNIQUE INDEX') },
    indexes: [],
    name: undefined,
  },
])('a dropped index with $what comes back as $name', ({ over, indexes, name }) => {
  expect(droppedCandidate({ ...dropped, ...over }, table, indexes)?.index.index_name).toBe(name);
});
