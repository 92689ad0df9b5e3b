import type { PlanNode, PlanNodeActual } from '@plumbline/contracts';
import type { ExplainNode } from './plan-tree.js';

const kibibyte = 1024;
/** As every packaged build has it; EXPLAIN counts temporary files in blocks. */
const block_bytes = 8192;

/** What EXPLAIN (ANALYZE) tells of a node. PostgreSQL gives means per loop, workers' loops included; kept are sums. */
export function actualOf(node: ExplainNode): Pick<PlanNode, 'actual'> {
  const executions = numberIn(node, 'Actual Loops');
  if (executions === null) return {};
  const mean_rows = numberIn(node, 'Actual Rows');
  const mean_ms = numberIn(node, 'Actual Total Time');
  const actual: PlanNodeActual = {
    rows: mean_rows === null ? null : Math.round(mean_rows * executions),
    executions,
    time_us: mean_ms === null ? null : Math.round(mean_ms * 1000 * executions),
    spilled_bytes: spilledBytes(node),
    peak_memory_bytes: peakMemoryBytes(node),
  };
  return { actual };
}

/** A hash in several batches went to files, even where no file was counted because BUFFERS was not asked for. */
export function spillWarnings(node: ExplainNode): Pick<PlanNode, 'warnings'> {
  const batches = numberIn(node, 'Hash Batches') ?? 1;
  return batches > 1 ? { warnings: [{ kind: 'spill', text: `Hash Batches: ${batches}` }] } : {};
}

/**
 * Partitions are called `events_1`, `events_2` … after the name their table has in the query, in the order of the plan.
 * Those that planning had left out already are not told, so the total is known only where execution leaves some out, and
 * then at least.
 */
export function partitionsOf(node: ExplainNode): Pick<PlanNode, 'partitions'> {
  if (node['Node Type'] !== 'Append' && node['Node Type'] !== 'Merge Append') return {};
  const children = (node.Plans ?? []).filter((child) => child['Parent Relationship'] === 'Member');
  if (children.length === 0 || !areNumbered(children.map(aliasOf))) return {};
  const never_run = children.filter((child) => child['Actual Loops'] === 0).length;
  const removed = numberIn(node, 'Subplans Removed') ?? 0;
  const total = removed > 0 || never_run > 0 ? children.length + removed : null;
  return { partitions: { read: children.length - never_run, total } };
}

/** One name with rising numbers behind it. */
function areNumbered(aliases: readonly string[]): boolean {
  const parts = aliases.map((alias) => /^(.+)_(\d+)$/.exec(alias));
  return parts.every((part, place) => {
    const before = parts[place - 1];
    return part && (place === 0 || (before?.[1] === part[1] && Number(before?.[2]) < Number(part[2])));
  });
}

/** The scan of a partition may lie below a sort or a gathering of its own. */
function aliasOf(node: ExplainNode): string {
  if (typeof node['Alias'] === 'string') return node['Alias'];
  const [only, ...others] = node.Plans ?? [];
  return only && others.length === 0 ? aliasOf(only) : '';
}

function spilledBytes(node: ExplainNode): number | null {
  const sorted = workersSum(node, 'Sort Space Used', (part) => part['Sort Space Type'] === 'Disk');
  if (sorted > 0) return sorted * kibibyte;
  const aggregated = workersSum(node, 'Disk Usage', () => true);
  if (aggregated > 0) return aggregated * kibibyte;
  const written = numberIn(node, 'Temp Written Blocks');
  if (written === null) return null;
  const below = (node.Plans ?? []).reduce((sum, child) => sum + (numberIn(child, 'Temp Written Blocks') ?? 0), 0);
  return Math.max(0, written - below) * block_bytes;
}

function peakMemoryBytes(node: ExplainNode): number | null {
  const sorted = workersSum(node, 'Sort Space Used', (part) => part['Sort Space Type'] === 'Memory');
  const used = sorted > 0 ? sorted : workersSum(node, 'Peak Memory Usage', () => true);
  return used > 0 ? used * kibibyte : null;
}

/** A figure of the node itself and of each of its parallel workers. */
function workersSum(node: ExplainNode, name: string, counts: (part: Part) => boolean): number {
  const workers = Array.isArray(node['Workers']) ? (node['Workers'] as readonly Part[]) : [];
  return [node, ...workers].reduce((sum, part) => sum + (counts(part) ? (numberIn(part, name) ?? 0) : 0), 0);
}

type Part = Readonly<Record<string, unknown>>;
const numberIn = (part: Part, name: string): number | null => (typeof part[name] === 'number' ? part[name] : null);
