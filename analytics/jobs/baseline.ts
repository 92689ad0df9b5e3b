import { setImmediate as otherWork } from 'node:timers/promises';
import { createHash } from 'node:crypto';
import type { BaselineRow, ViewRow } from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import type { Job, JobContext } from '../job.js';
import { pointsOf } from '../judged-points.js';
import { pointStart } from '../judged-span.js';
import { learnBaseline } from '../regression/learn.js';
import { no_past, pastOf, quietSpans } from '../regression/spans.js';
import type { QueryPast } from '../regression/spans.js';
import type { AnalyticsSettings } from '../settings.js';

/** Queries read at once: bounds this process's memory (50 queries × four weeks of ten-minute points = 200,000 points). */
const queries_per_part = 50;

/**
 * What is normal for each query: hour of week, hour of day by weekend, all hours. Left out: restarts, folded windows, bad
 * times, quiet days. Rows that came late, as a back-fill's, are learned from by the next run. Frozen while a regression of the query is open. A second run at the same moment writes nothing.
 */
const baseline_job: Job = {
  name: 'baseline',
  summary: 'Learns what is normal for each query, by hour of the week',
  everySeconds: (settings) => settings.baseline_every_s,
  async run(context, as_of) {
    const since = learnedSince(context, as_of);
    const instances = await context.ask('judge_instances', { since: utc(since), as_of: utc(as_of) });
    let written_rows = 0;
    for (const { instance_id } of instances) written_rows += await learnInstance(context, instance_id, since, as_of);
    return { summary: `learned ${written_rows} baseline rows on ${instances.length} instances`, written_rows };
  },
};
export default baseline_job;

async function learnInstance(context: JobContext, instance_id: string, since: Date, as_of: Date): Promise<number> {
  const of_instance = { instance_id, as_of: utc(as_of) };
  const past = pastOf(await context.ask('judge_regressions', of_instance));
  const ran = await context.ask('judge_due', { ...of_instance, since: utc(since) });
  const due = ran.filter((query) => isDue(query, past, as_of, context.settings)).map((query) => query.query_hash);
  return learnQueries(context, { instance_id, query_hashes: due, past, since, as_of });
}

/** @returns the number of rows written. */
async function learnQueries(context: JobContext, asked: Learning): Promise<number> {
  const { query_hashes, ...of_instance } = asked;
  let written_rows = 0;
  for (let at = 0; at < query_hashes.length; at += queries_per_part) {
    const part = query_hashes.slice(at, at + queries_per_part);
    const rows = await learnPart(context, { ...of_instance, part });
    written_rows += rows.length;
    await write(context, of_instance.instance_id, rows);
  }
  return written_rows;
}

/** What these queries' baselines were at a moment, learned again from the facts that the context knows. */
export async function learnAgain(
  context: JobContext,
  instance_id: string,
  query_hashes: readonly string[],
  as_of: Date,
): Promise<void> {
  const past = pastOf(await context.ask('judge_regressions', { instance_id, as_of: utc(as_of) }));
  await learnQueries(context, { instance_id, query_hashes, past, since: learnedSince(context, as_of), as_of });
}

const learnedSince = ({ settings }: JobContext, as_of: Date): Date =>
  new Date(as_of.getTime() - settings.baseline_span_s * 1000);

function isDue(
  query: ViewRow<'judge_due'>,
  past: ReadonlyMap<string, QueryPast>,
  as_of: Date,
  settings: AnalyticsSettings,
): boolean {
  const { is_frozen, renewed_at_ms } = past.get(query.query_hash) ?? no_past;
  const computed_ms = fromUtc(query.computed_at).getTime();
  if (is_frozen || computed_ms >= as_of.getTime()) return false;
  if (query.is_mature === 0 || computed_ms < renewed_at_ms) return true;
  return computed_ms <= as_of.getTime() - settings.mature_baseline_every_s * 1000;
}

interface Span {
  readonly instance_id: string;
  readonly past: ReadonlyMap<string, QueryPast>;
  readonly since: Date;
  readonly as_of: Date;
}
interface Learning extends Span {
  readonly query_hashes: readonly string[];
}
interface Part extends Span {
  readonly part: readonly string[];
}

async function learnPart(context: JobContext, asked: Part): Promise<readonly BaselineRow[]> {
  const { instance_id, part, past, as_of } = asked;
  const since = utc(pointStart(asked.since, context.settings));
  const points = await pointsOf(context, { instance_id, since, as_of: utc(as_of), query_hashes: part });
  const quiet = quietSpans(context.settings.quiet_days, instance_id);
  const rows: BaselineRow[] = [];
  for (const [query_hash, of_query] of points) {
    const { left_out } = past.get(query_hash) ?? no_past;
    const learned = learnBaseline(of_query, [...left_out, ...quiet], as_of, context.settings);
    rows.push(...learned.map((row) => ({ instance_id, query_hash, computed_at: utc(as_of), ...row })));
    // Four weeks of one query take milliseconds; of thousands, seconds: others are let through in between.
    await otherWork();
  }
  return rows;
}

async function write(context: JobContext, instance_id: string, rows: readonly BaselineRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ndjson = rows.map((row) => JSON.stringify(row)).join('\n');
  const digest = createHash('md5').update(ndjson).digest('hex');
  await context.store.insert('baselines', ndjson, { token: `baseline:${instance_id}:${digest}` });
}
