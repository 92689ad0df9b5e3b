import type { Column } from '@grafana/ui';
import { SeverityBadge } from './badges';

/** Of every table whose rows were judged. */
export const severityColumn = <Row extends { readonly severity: string }>(): Column<Row> => ({
  id: 'severity',
  header: 'Severity',
  cell: ({ row: { original: row } }) => <SeverityBadge severity={row.severity} />,
});
