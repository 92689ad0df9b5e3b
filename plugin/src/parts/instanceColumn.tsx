import type { Column } from '@grafana/ui';
import { Plain } from './Plain';

/** Of every table whose rows are of an instance. */
export const instanceColumn = <Row extends { readonly instance_id: string }>(): Column<Row> => ({
  id: 'instance_id',
  header: 'Instance',
  sortType: 'string',
  cell: ({ row: { original: row } }) => <Plain>{row.instance_id}</Plain>,
});
