import type { PlanNode, PlanNodeActual, PlanOperator, PlanWarning } from '@plumbline/contracts';
import { pathParts, type PlanLine } from './plan-text.js';

/** What a run really did at one operator, summed over its threads. */
export interface OperatorRun {
  readonly input_rows: number;
  readonly output_rows: number | undefined;
  readonly time_us: number;
  readonly peak_memory_bytes: number;
  readonly spilled_bytes: number | undefined;
  readonly spills: number;
}

const rules: readonly (readonly [RegExp, PlanOperator])[] = [
  [
    /^(Union|Broadcast|RoundRobin|HashToRandom|HashToMerge|SingleMerge|OrderedPartition|AdaptiveHash)Exchange$/,
    'exchange',
  ],
  [/^(HashAgg|StreamAgg)$/, 'aggregate'],
  [/^HashJoin$/, 'hash_join'],
  [/^MergeJoin$/, 'merge_join'],
  [/^(NestedLoopJoin|Correlate)$/, 'nested_loop'],
  [/^(TopN|TopNSort|Sort|ExternalSort)$/, 'sort'],
  [/^Window$/, 'window'],
  [/^Limit$/, 'limit'],
  [/^Union(All|Distinct)?$/, 'append'],
  [/^(Writer|WriterCommitter|TableModify)$/, 'modify'],
  [/^(Screen|Project|Values|Empty)$/, 'result'],
  [/^(IcebergManifestList|IcebergManifestScan|IcebergSnapshots|DeltaLakeCommitLogScan)$/, 'other'],
  [/^[A-Z][A-Za-z]{2,30}Scan(Prel)?$/, 'seq_scan'],
  [/^(Filter|Flatten|Converter|SelectionVectorRemover|ComplexToJson|Unpivot|BridgeReader|BridgeWriter)$/, 'other'],
];

/** Only names that are known, or look like a scan's: what stands there in a damaged text may be part of a literal. */
const unknown_operator = 'Unknown';

/** A table function that names a table reads the table's files: how Dremio scans since version 22. */
function operatorOf(line: PlanLine): Pick<PlanNode, 'operator' | 'native_operator'> {
  if (/^TableFunction$/.test(line.name)) {
    const operator = line.attributes.has('table') ? 'seq_scan' : 'function_scan';
    return { operator, native_operator: line.name };
  }
  const [, operator] = rules.find(([pattern]) => pattern.test(line.name)) ?? [];
  return operator === undefined
    ? { operator: 'other', native_operator: unknown_operator }
    : { operator, native_operator: line.name };
}

const join_operators: ReadonlySet<PlanOperator> = new Set(['hash_join', 'merge_join', 'nested_loop']);
const filter_attributes = ['filters', 'filter', 'ManifestList Filter Expression'];

interface Branch {
  readonly line: PlanLine;
  readonly children: Branch[];
}

/** @returns undefined when there is no operator in it */
export function planTree(
  lines: readonly PlanLine[],
  runs: ReadonlyMap<string, OperatorRun>,
  redact: (fragment: string) => string,
): PlanNode | undefined {
  const root = branchOf(lines);
  return root === undefined ? undefined : nodeOf(root, undefined, runs, redact);
}

function branchOf(lines: readonly PlanLine[]): Branch | undefined {
  const open: Branch[] = [];
  let root: Branch | undefined;
  for (const line of lines) {
    const branch: Branch = { line, children: [] };
    while (open.length > 0 && (open.at(-1)?.line.depth ?? 0) >= line.depth) open.pop();
    if (root === undefined) root = branch;
    else (open.at(-1) ?? root).children.push(branch);
    open.push(branch);
  }
  return root;
}

function nodeOf(
  { line, children }: Branch,
  parent: Branch | undefined,
  runs: ReadonlyMap<string, OperatorRun>,
  redact: (fragment: string) => string,
): PlanNode {
  const { operator, native_operator } = operatorOf(line);
  const path = pathParts(line.attributes.get('table') ?? '');
  const condition = redacted(line, ['condition'], redact);
  const filters = redacted(line, filter_attributes, redact);
  const is_join = join_operators.has(operator);
  const run = runs.get(line.id);
  return {
    ...{ operator, native_operator, index: '' },
    ...{ schema: path.slice(0, -1).join('.'), table: path.at(-1) ?? '' },
    access_condition: is_join ? condition : '',
    filter_condition: [is_join ? '' : condition, filters].filter((text) => text !== '').join(' AND '),
    ...{ estimated_rows: line.estimated_rows, estimated_width_bytes: null, startup_cost: null, total_cost: line.cost },
    ...(run === undefined ? {} : { actual: actualOf(run, rowsOut(run, parent, runs, children.length === 0)) }),
    ...warningsOf(run, operator, is_join ? line.attributes.get('condition') : undefined),
    children: children.map((child) => nodeOf(child, { line, children }, runs, redact)),
  };
}

const redacted = (line: PlanLine, names: readonly string[], redact: (fragment: string) => string): string =>
  names
    .flatMap((name) => line.attributes.get(name) ?? [])
    .filter((text) => text !== '')
    .map((text) => withColumns(text, redact))
    .join(' AND ');

/** `$3` is the fourth column of the input here; to the redaction it would be a parameter. */
const withColumns = (text: string, redact: (fragment: string) => string): string =>
  redact(text.replace(/\$(\d{1,3})\b/g, 'input_column_$1')).replace(/\binput_column_(\d{1,3})\b/g, '$$$1');

/** Profiles before 25 tell only what went into an operator: what came out is what went into the one above it. */
function rowsOut(
  run: OperatorRun,
  parent: Branch | undefined,
  runs: ReadonlyMap<string, OperatorRun>,
  is_leaf: boolean,
): number | null {
  if (run.output_rows !== undefined) return run.output_rows;
  const above = parent?.children.length === 1 ? runs.get(parent.line.id) : undefined;
  if (above !== undefined) return above.input_rows;
  return is_leaf ? run.input_rows : null;
}

const actualOf = (run: OperatorRun, rows: number | null): PlanNodeActual => ({
  ...{ rows, executions: 1, time_us: run.time_us },
  spilled_bytes: run.spilled_bytes ?? (run.spills > 0 ? null : 0),
  peak_memory_bytes: run.peak_memory_bytes,
});

function warningsOf(
  run: OperatorRun | undefined,
  operator: PlanOperator,
  join_condition: string | undefined,
): { readonly warnings?: readonly PlanWarning[] } {
  const warnings: PlanWarning[] = [];
  if (run !== undefined && run.spills > 0) warnings.push({ kind: 'spill', text: `spilled ${run.spills} times` });
  if (operator === 'nested_loop' && /^(true)?$/i.test(join_condition ?? ''))
    warnings.push({ kind: 'no_join_predicate', text: 'joined without a condition' });
  return warnings.length === 0 ? {} : { warnings };
}
