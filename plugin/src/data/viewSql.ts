import type { ViewName, ViewParams } from '@plumbline/contracts';
import { quoteSql } from './quoteSql';

/** The panel's own span: Grafana's ClickHouse data source writes the times in, on the server. */
const span = 'from = $__fromTime, to = $__toTime';

type Asked<Name extends ViewName> = Omit<ViewParams<Name>, 'from' | 'to'>;

/**
 * One-line select from a view for the ClickHouse data source. `columns` maps a panel's series name to a column.
 * @example viewSql('query_series', { instance_id: 'shop', query_hash: 'ab…', step_s: 60 }, { time: 'point_at' })
 */
export function viewSql<Name extends ViewName>(
  name: Name,
  params: Asked<Name>,
  columns: Readonly<Record<string, string>>,
): string {
  const selected = Object.entries(columns).map(([as, column]) =>
    as === column ? column : `${column} AS ${identifier(as)}`,
  );
  const given = Object.entries(params as Readonly<Record<string, string | number>>).map(
    ([key, value]) => `${key} = ${typeof value === 'number' ? numberText(value) : quoteSql(value)}`,
  );
  return `SELECT ${selected.join(', ')} FROM ${name}(${[...given, span].join(', ')}) ORDER BY time`;
}

const identifier = (name: string): string => `\`${name.replace(/\\/g, '\\\\').replace(/`/g, '\\`')}\``;

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} cannot be written into a query`);
  return String(value);
}
