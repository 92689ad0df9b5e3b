import type { Detector, DetectorInput, JudgedQuery } from '@plumbline/contracts';
import { catalogOf, qualifiedName, type Catalog } from '../advisors/catalog.js';
import { ruledTimeRatio, savedSecondsPerDay, seconds_per_day } from '../advisors/estimate.js';
import { countText, evidence, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { keyLookupOf, namesKey, type KeyLookup } from '../advisors/key-lookup.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_calls_per_day: { value: 10_000, reason: 'fewer round trips cost the application less than a minute a day' },
  max_rows_per_lookup: { value: 1.2, reason: 'a lookup by key gives one row or none; more is a list' },
  min_lookups_per_call: { value: 5, reason: 'a page of two or three rows may look up what it needs' },
  min_lookups_per_row: {
    value: 0.8,
    reason: 'an application that remembers asks a little less than once per row; a wider span would agree by chance',
  },
  max_lookups_per_row: { value: 1.05, reason: 'more lookups than rows come from elsewhere; a twentieth may' },
} as const;

/**
 * One statement gives a list, and for each row of it another statement looks up one key. Told only when three things
 * agree: as many lookups as the list has rows, one row each, and a column of the list's table that by its name holds the
 * key that is looked up. Lookups that several lists cause together do not add up with any one of them and are not told.
 */
const detector = {
  name: 'n-plus-one',
  summary: 'A statement by key runs once for each row that another one returned',
  needs: ['statements', 'tables', 'columns'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before:
      'SELECT * FROM orders WHERE placed_at >= ? -- and for each of 50 rows: SELECT name FROM customers WHERE id = ?',
    after: 'SELECT o.*, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.placed_at >= ?',
  },
  async detect(input) {
    const catalog = catalogOf(input);
    const lookups = input.queries.flatMap((query) => keyLookupOf(query, catalog) ?? []);
    return lookups.filter(isFrequentAndSingle).flatMap((lookup) => {
      const [list] = listsOf(lookup, input.queries, catalog);
      return list ? [finding(input, lookup, list)] : [];
    });
  },
} satisfies Detector;
export default detector;

function isFrequentAndSingle({ query }: KeyLookup): boolean {
  const calls_per_day = query.span_s > 0 ? (query.calls / query.span_s) * seconds_per_day : 0;
  if (calls_per_day < thresholds.min_calls_per_day.value) return false;
  // No row at all tells nothing: the source may not count rows.
  return query.rows_returned > 0 && query.rows_returned / query.calls <= thresholds.max_rows_per_lookup.value;
}

interface List {
  readonly query: JudgedQuery;
  readonly lookups_per_call: number;
  readonly lookups_per_row: number;
}

/** The statements whose rows the lookups follow, the closest in number first. */
function listsOf(lookup: KeyLookup, queries: readonly JudgedQuery[], catalog: Catalog): readonly List[] {
  return queries
    .filter((query) => isList(query, lookup, catalog))
    .map((query) => ({
      query,
      lookups_per_call: lookup.query.calls / query.calls,
      lookups_per_row: lookup.query.calls / query.rows_returned,
    }))
    .filter(
      ({ lookups_per_call, lookups_per_row }) =>
        lookups_per_call >= thresholds.min_lookups_per_call.value &&
        lookups_per_row >= thresholds.min_lookups_per_row.value &&
        lookups_per_row <= thresholds.max_lookups_per_row.value,
    )
    .sort((one, other) => Math.abs(Math.log(one.lookups_per_row)) - Math.abs(Math.log(other.lookups_per_row)));
}

function isList(query: JudgedQuery, lookup: KeyLookup, catalog: Catalog): boolean {
  if (query.database_name !== lookup.query.database_name || query.query_hash === lookup.query.query_hash) return false;
  if (query.features.statement_class !== 'select' || query.calls === 0 || query.rows_returned === 0) return false;
  const tables = catalog.tablesOf(query);
  // A list that reads the looked-up table already has what the lookup would give.
  if (tables.includes(lookup.table)) return false;
  return tables.some((table) => namesKey(table, lookup, catalog));
}

/** Most of a lookup by key is its way through the server; the rows are read in any case. A choice, not a measurement. */
const left_of_lookups = 0.3;

function finding(input: DetectorInput, lookup: KeyLookup, list: List) {
  const { instance_id } = input;
  const { query, table, column } = lookup;
  const ratio = ruledTimeRatio(left_of_lookups);
  const saved_seconds_per_day = savedSecondsPerDay(query.total_time_us, query.span_s, ratio);
  const rows_per_call = list.query.rows_returned / list.query.calls;
  return {
    target: `${query.database_name}.${query.query_hash}`,
    severity: severityOf(saved_seconds_per_day.value, input),
    title: `Look up ${qualifiedName(table)} once per list instead of once per row`,
    reasoning:
      `Query ${list.query.query_hash} returns ${countText(rows_per_call)} rows per run, and query ${query.query_hash} looks ` +
      `up one ${table.table_name} by ${column} ${countText(list.lookups_per_call)} times for each of these runs. Each ` +
      'lookup is a round trip, whose time the database does not see.',
    evidence: [
      timeEvidence(instance_id, query),
      timeEvidence(instance_id, list.query),
      evidence(
        'Lookups per row of the list',
        `${countText(query.calls)} lookups, ${countText(list.query.rows_returned)} rows: ${list.lookups_per_row.toFixed(2)}`,
        shownBy('query_top', { instance_id }),
      ),
      evidence(
        'Rows per lookup',
        (query.rows_returned / query.calls).toFixed(2),
        shownBy('query_summary', { instance_id, query_hash: query.query_hash }),
      ),
    ],
    steps: [
      'Find where the application walks through the list: with an object mapper it is a relation that is loaded when touched.',
      `Load the relation with the list, by a join, or by one statement for all keys of it.`,
      'The numbers agree by count and by name; make sure in the application that the one causes the other.',
    ],
    action: {
      kind: 'rewrite_query' as const,
      before: query.template,
      after: query.template.replace(/ = (\?|\$\d+)/, ' in (?)'),
    },
    saved_seconds_per_day,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note:
      'By rule: a third of the lookups’ time is reading the rows, which stays; saved round trips come on top.',
    query_hashes: [query.query_hash, list.query.query_hash],
  };
}
