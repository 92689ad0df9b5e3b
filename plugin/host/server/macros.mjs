// The server-side macros of the ClickHouse data source, as far as panels of this product may use them.
const seconds = (ms) => Math.floor(ms / 1000);

const macros = {
  fromTime: ({ from_ms }) => `toDateTime(${seconds(from_ms)})`,
  toTime: ({ to_ms }) => `toDateTime(${seconds(to_ms)})`,
  fromTime_ms: ({ from_ms }) => `fromUnixTimestamp64Milli(${from_ms})`,
  toTime_ms: ({ to_ms }) => `fromUnixTimestamp64Milli(${to_ms})`,
  timeFilter: ({ from_ms, to_ms }, column) =>
    `${column} >= toDateTime(${seconds(from_ms)}) AND ${column} <= toDateTime(${seconds(to_ms)})`,
  timeFilter_ms: ({ from_ms, to_ms }, column) =>
    `${column} >= fromUnixTimestamp64Milli(${from_ms}) AND ${column} <= fromUnixTimestamp64Milli(${to_ms})`,
  dateFilter: ({ from_ms, to_ms }, column) =>
    `${column} >= toDate(${seconds(from_ms)}) AND ${column} <= toDate(${seconds(to_ms)})`,
  timeInterval: ({ interval_ms }, column) =>
    `toStartOfInterval(toDateTime(${column}), INTERVAL ${Math.max(1, Math.floor(interval_ms / 1000))} second)`,
  timeInterval_ms: ({ interval_ms }, column) =>
    `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${Math.max(1, interval_ms)} millisecond)`,
  interval_s: ({ interval_ms }) => String(Math.max(1, Math.floor(interval_ms / 1000))),
  interval_ms: ({ interval_ms }) => String(interval_ms),
};

/** @throws Error on a macro that is not known, as the data source itself would fail. */
export function expandMacros(sql, span) {
  return sql.replace(/\$__(\w+)(?:\(([^()]*)\))?/g, (all, name, argument) => {
    if (!Object.hasOwn(macros, name)) throw new Error(`unknown macro ${all}`);
    return macros[name](span, argument?.trim() ?? '');
  });
}
