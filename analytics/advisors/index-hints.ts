import type { EvidenceItem, Finding, JudgedIndexHint } from '@plumbline/contracts';
import { qualifiedName, rowsOf, type Catalog } from './catalog.js';
import { countText, durationText, evidence, percentText, shownBy } from './evidence.js';
import { createIndex, indexKeyText, isServedBy, type CreateIndex, type IndexCandidate } from './index-candidates.js';
import { ruledSizeBytes, tableEvidence, type FindingContext } from './index-finding.js';
import { observedSeconds } from './observed-span.js';
import { writeSecondsPerDay } from './write-cost.js';

/** What a hint must promise before it is told where no judged query speaks for it. */
export interface HintLimits {
  readonly min_hint_uses_per_day: number;
  readonly min_hint_impact_ratio: number;
  readonly min_table_rows: number;
  readonly max_columns: number;
}

/** What the server itself counted for such an index: on the same table, with the same leading column. */
export function hintEvidence({ input }: FindingContext, index: CreateIndex): readonly EvidenceItem[] {
  return input.index_hints
    .filter((hint) => isOfTable(hint, index) && keysOf(hint).includes(index.columns[0] ?? ''))
    .map((hint) => toldBy(input.instance_id, hint));
}

/**
 * Indexes that the server missed and no judged query explains: statements that were evicted, or that no parser knows. Its
 * columns come in no order that it weighed, and it does not look at the indexes that are there: both are done here.
 */
export function hintedFindings(
  context: FindingContext,
  told: ReadonlySet<string>,
  limits: HintLimits,
): readonly Finding[] {
  const { input, catalog } = context;
  return input.index_hints.flatMap((hint) => {
    const candidate = isPromising(hint, limits) ? candidateOf(hint, catalog, limits) : undefined;
    const is_told = candidate && [...told].some((key) => key.startsWith(leadingKey(candidate)));
    return candidate && !is_told ? [finding(context, candidate, hint)] : [];
  });
}

const usesPerDay = ({ uses, counted_s }: JudgedIndexHint): number => (counted_s > 0 ? (uses / counted_s) * 86_400 : 0);

const isPromising = (hint: JudgedIndexHint, limits: HintLimits): boolean =>
  usesPerDay(hint) >= limits.min_hint_uses_per_day && hint.impact_ratio >= limits.min_hint_impact_ratio;

const keysOf = (hint: JudgedIndexHint): readonly string[] => [...hint.equality_columns, ...hint.inequality_columns];

type Table = Pick<JudgedIndexHint, 'database_name' | 'schema_name' | 'table_name'>;
const isOfTable = (one: Table, other: Table): boolean =>
  one.database_name === other.database_name &&
  one.schema_name === other.schema_name &&
  one.table_name === other.table_name;

function candidateOf(hint: JudgedIndexHint, catalog: Catalog, limits: HintLimits): IndexCandidate | undefined {
  const table = catalog.table(hint.database_name, hint.schema_name, hint.table_name);
  if (!table || rowsOf(table) < limits.min_table_rows) return undefined;
  // One span is all that a tree can narrow by; what comes behind it would only be carried.
  const columns = [...hint.equality_columns, ...hint.inequality_columns.slice(0, 1)].slice(0, limits.max_columns);
  if (columns.length === 0) return undefined;
  const equalities = Math.min(hint.equality_columns.length, columns.length);
  const candidate = { index: createIndex(table, columns), table, equalities, dropped: undefined };
  return catalog.indexes(table).some((existing) => isServedBy(candidate, existing)) ? undefined : candidate;
}

/** Findings are told apart by their columns; one that leads with the same column does the hint's work too. */
const leadingKey = ({ index }: IndexCandidate): string =>
  `${index.database_name}.${qualifiedName(index)}(${index.columns[0] ?? ''}`;

function toldBy(instance_id: string, hint: JudgedIndexHint): EvidenceItem {
  const columns = [
    hint.equality_columns.length > 0 ? `equal ${hint.equality_columns.join(', ')}` : '',
    hint.inequality_columns.length > 0 ? `span of ${hint.inequality_columns.join(', ')}` : '',
    hint.included_columns.length > 0 ? `with ${hint.included_columns.join(', ')}` : '',
  ].filter((part) => part !== '');
  return evidence(
    `Missed by the server on ${qualifiedName(hint)}`,
    `${columns.join('; ')}: ${countText(hint.uses)} plans in at most ${durationText(hint.counted_s)} would have used it, ` +
      `each hoped to cost ${percentText(hint.impact_ratio)} less`,
    shownBy('index_hints_latest', { instance_id }),
  );
}

function finding(context: FindingContext, candidate: IndexCandidate, hint: JudgedIndexHint): Finding {
  const { index, table } = candidate;
  return {
    target: indexKeyText(index),
    severity: 'info',
    title: `Create an index on ${qualifiedName(index)} (${index.columns.join(', ')})`,
    reasoning:
      `The server’s own optimizer missed an index on ${index.columns.join(', ')} while it planned, ` +
      `${countText(usesPerDay(hint))} times a day, and no existing index leads with that.`,
    evidence: [toldBy(context.input.instance_id, hint), ...tableEvidence(context, candidate)],
    steps: [
      'Find the statements that ask for it: their plans name it as a missing index.',
      'Put the columns that are compared for equality in the order of their selectivity: the server does not weigh it.',
      'Create it with the statement below, and add what the plans read besides only if the table is seldom written.',
      'Watch the measurement: it compares the queries on this table with others of the same instance.',
    ],
    action: index,
    saved_seconds_per_day: null,
    cost_bytes: ruledSizeBytes(context.catalog, candidate),
    cost_write_seconds_per_day: writeSecondsPerDay(table, observedSeconds(table)),
    proof: 'not_proven',
    proof_note:
      `Not proven: the optimizer’s own hope for plans that it made without the index, in its own unit of cost. ` +
      `${context.what_if.reason} How many seconds it would save is not known: the server does not say which statements asked.`,
    query_hashes: [],
  };
}
