import { createHash } from 'node:crypto';
import type { Regression, RegressionEventRow } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { isNeighbours } from '../causes/index.js';
import type { Job } from '../job.js';
import { before } from '../judged-span.js';
import { grouped } from '../regression/grouping.js';
import type { Judging, KnownRegression } from '../regression/judging.js';
import { eventOf, isOpen, openJudging } from '../regression/judging.js';
import { latencyRegression, slowQueries } from '../regression/latency.js';
import { follow } from '../regression/life-cycle.js';
import { planRegressions } from '../regression/plan-change.js';

/**
 * Judges every query of every instance: follows what is open, finds what became slower (stage 1), dates it
 * and names its cause (stage 2). Reads only facts up to `as_of`; a second run at the same moment writes nothing.
 */
const regress_job: Job = {
  name: 'regress',
  summary: 'Finds queries that became slower, since when and why',
  everySeconds: (settings) => settings.judge_every_s,
  async run(context, as_of) {
    const { settings } = context;
    const since = before(as_of, settings.long_points, settings);
    const instances = await context.ask('judge_instances', { since: utc(since), as_of: utc(as_of) });
    const events: RegressionEventRow[] = [];
    for (const { instance_id } of instances) {
      const judging = await openJudging(context, instance_id, as_of);
      const judged = await judgeInstance(judging);
      await write(judging, judged);
      events.push(...judged);
    }
    const count = (kind: string): number => events.filter((event) => event.kind === kind).length;
    return {
      summary: `judged ${instances.length} instances: ${count('opened')} opened, ${count('updated')} updated, ${count('resolved')} resolved`,
      written_rows: events.length,
    };
  },
};
export default regress_job;

async function judgeInstance(judging: Judging): Promise<readonly RegressionEventRow[]> {
  const { known } = judging;
  const events: RegressionEventRow[] = [];
  for (const { regression } of known.filter(isOpen)) {
    const event = await follow(judging, regression);
    if (event !== undefined) events.push(event);
  }
  const opened = await newRegressions(judging, known);
  return [...events, ...opened.map((regression) => eventOf(regression, 'opened', judging.as_of, ''))];
}

async function newRegressions(judging: Judging, known: readonly KnownRegression[]): Promise<readonly Regression[]> {
  const open = known.filter(isOpen).map(({ regression }) => regression);
  const taken = new Set(open.map((regression) => regression.query_hash));
  const told = new Set(known.map(({ regression }) => regression.regression_id));
  const found: Regression[] = [];
  for (const hit of slowQueries(judging)) {
    if (taken.has(hit.query_hash)) continue;
    const regression = await latencyRegression(judging, hit);
    if (regression !== undefined) found.push(regression);
  }
  // One query, one regression: what its points already show is not told again as a change of plan.
  for (const regression of found) taken.add(regression.query_hash);
  found.push(...(await planRegressions(judging)).filter((regression) => !taken.has(regression.query_hash)));
  const within_s = judging.settings.cause_search_points * judging.settings.point_s;
  const untold = found.filter((regression) => !told.has(regression.regression_id));
  return grouped(oncePerServer(untold, open), open, within_s);
}

/** A server that is slow as a whole is one alarm, told of the query that loses most, and not one per query. */
function oncePerServer(found: readonly Regression[], open: readonly Regression[]): readonly Regression[] {
  const shared = found.filter(({ cause }) => isNeighbours(cause));
  const is_told = open.some(({ cause }) => isNeighbours(cause));
  const most = Math.max(...shared.map((regression) => regression.extra_seconds_per_day));
  const told = is_told ? undefined : shared.find((regression) => regression.extra_seconds_per_day === most);
  return found.filter((regression) => !isNeighbours(regression.cause) || regression === told);
}

async function write(judging: Judging, events: readonly RegressionEventRow[]): Promise<void> {
  if (events.length === 0) return;
  const ndjson = events.map((event) => JSON.stringify(event)).join('\n');
  const digest = createHash('md5').update(ndjson).digest('hex');
  await judging.context.store.insert('regression_events', ndjson, {
    token: `regress:${judging.instance_id}:${utc(judging.as_of)}:${digest}`,
  });
}
