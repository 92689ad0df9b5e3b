import type { JudgedQuery, MeasuredColumn, ReflectionShape, TableSnapshotRow } from '@plumbline/contracts';
import { isAdvisable } from './advisable.js';
import type { Catalog } from './catalog.js';
import { isSameName } from './dataset-path.js';
import { simpleMeasures } from './simple-measures.js';

/** A reflection that would answer one query. */
export interface ReflectionCandidate {
  readonly query: JudgedQuery;
  readonly table: TableSnapshotRow;
  readonly shape: Omit<ReflectionShape, 'reflection_name'>;
}

/** The one table that a query reads and every column it names of it; undefined where the features leave that open. */
interface Reading {
  readonly query: JudgedQuery;
  readonly table: TableSnapshotRow;
  column(name: string): string | undefined;
}

const nothing = {
  display_columns: [],
  dimension_columns: [],
  measures: [],
  partition_columns: [],
  sort_columns: [],
} satisfies Partial<ReflectionShape>;

/** The reflection that fits a query, where that can be told from its text: one table, read without joins or nesting. */
export function reflectionFor(query: JudgedQuery, catalog: Catalog): ReflectionCandidate | undefined {
  const reading = readingOf(query, catalog);
  if (!reading) return undefined;
  const { features } = query;
  const folds = features.group_by.length > 0 || features.has_aggregate;
  const shape = folds ? aggregateShape(reading) : sortedShape(reading, catalog);
  return shape && { query, table: reading.table, shape };
}

function readingOf(query: JudgedQuery, catalog: Catalog): Reading | undefined {
  const { features } = query;
  const is_plain =
    isAdvisable(query) &&
    features.statement_class === 'select' &&
    features.tables.length === 1 &&
    features.joins.length === 0 &&
    features.subqueries === 0 &&
    features.set_operations === 0;
  const [table] = is_plain ? catalog.tablesOf(query) : [];
  if (!table) return undefined;
  const names = catalog.columns(table).map((column) => column.column_name);
  return { query, table, column: (name) => names.find((known) => isSameName(known, name)) };
}

/** Grouped and filtered columns as dimensions: a filter needs its column just as a group does. */
function aggregateShape({ query, column }: Reading): ReflectionCandidate['shape'] | undefined {
  const { group_by, predicates } = query.features;
  const measures = simpleMeasures(query.template);
  const dimensions = allKnown([...group_by, ...predicates.filter(({ clause }) => clause === 'where')], column);
  const measured = measures && knownMeasures(measures, column);
  if (!dimensions || dimensions.length === 0 || !measured) return undefined;
  if (predicates.some(({ wrapped_in }) => wrapped_in !== '')) return undefined;
  return { ...nothing, kind: 'aggregation', dimension_columns: dimensions, measures: measured };
}

/** What the query names of the table, sorted by what it compares: equal columns first, then one that has a span. */
function sortedShape({ query, table, column }: Reading, catalog: Catalog): ReflectionCandidate['shape'] | undefined {
  const { predicates, selects_star } = query.features;
  if (predicates.length === 0 || predicates.some(({ wrapped_in }) => wrapped_in !== '')) return undefined;
  const equal = predicates.filter(({ operator }) => operator === 'eq' || operator === 'in');
  const ranged = predicates.filter(({ operator }) => operator === 'range').slice(0, 1);
  const sort_columns = allKnown([...equal, ...ranged], column);
  if (!sort_columns || sort_columns.length === 0) return undefined;
  const all = catalog.columns(table).map(({ column_name }) => column_name);
  const display_columns = selects_star ? all : all.filter((name) => isNamedIn(query.template, name));
  return { ...nothing, kind: 'raw', display_columns, sort_columns };
}

function allKnown(
  uses: readonly { readonly column: string }[],
  column: Reading['column'],
): readonly string[] | undefined {
  const known = uses.map((use) => column(use.column));
  return known.every((name) => name !== undefined) ? [...new Set(known)] : undefined;
}

function knownMeasures(
  measures: readonly MeasuredColumn[],
  column: Reading['column'],
): readonly MeasuredColumn[] | undefined {
  const known = measures.flatMap((measure) => {
    const name = column(measure.column);
    return name === undefined ? [] : [{ ...measure, column: name }];
  });
  return known.length === measures.length ? known : undefined;
}

/** By word: a column that only shares its name with something else in the text is held beside the others. */
const isNamedIn = (template: string, column: string): boolean =>
  new RegExp(`(?<![\\w$])${column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`, 'i').test(template);

/** One reflection for several queries of one table and kind: all their columns together. */
export function mergedShape(candidates: readonly ReflectionCandidate[]): Omit<ReflectionShape, 'reflection_name'> {
  const shapes = candidates.map(({ shape }) => shape);
  const all = (name: 'display_columns' | 'dimension_columns' | 'sort_columns') => [
    ...new Set(shapes.flatMap((shape) => shape[name])),
  ];
  const columns = [...new Set(shapes.flatMap(({ measures }) => measures.map(({ column }) => column)))];
  return {
    ...nothing,
    kind: shapes[0]?.kind ?? 'raw',
    display_columns: all('display_columns'),
    dimension_columns: all('dimension_columns'),
    measures: columns.map((column) => ({
      column,
      functions: [
        ...new Set(shapes.flatMap(({ measures }) => measures.find((one) => one.column === column)?.functions ?? [])),
      ].sort(),
    })),
    // Only one order can be had: that of the costliest query, which comes first.
    sort_columns: shapes[0]?.sort_columns ?? [],
  };
}
