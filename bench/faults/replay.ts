import baseline_job from '@plumbline/analytics/jobs/baseline';
import regress_job from '@plumbline/analytics/jobs/regress';
import { plus } from '@plumbline/analytics/testing/world';
import type { World } from '@plumbline/analytics/testing/world';
import type { CauseKind, CollectedTables } from '@plumbline/contracts';
import { fromUtc } from '@plumbline/contracts';
import { captured_tables } from './capture-file.js';
import type { Capture } from './capture-file.js';

/** One statement that the judge told of. Seconds from the fault; negative: before it. */
export interface Told {
  readonly statement: string;
  readonly after_s: number;
  readonly onset_error_s: number;
  readonly effect_ratio: number;
  readonly cause: CauseKind;
  readonly sentence: string;
}

const learn_from_s = 80;

/**
 * Plays a capture to the judge as production runs it, jobs, views and all, at the moments at which it would have run. A
 * point is one interval of two seconds: all thresholds count points, so two seconds stand for ten minutes. Judged `every_s`.
 */
export async function replay(world: World, { header, rows }: Capture, every_s = 10): Promise<readonly Told[]> {
  const instance_id = header.name;
  for (const table of captured_tables) {
    const whole = rows[table].map((row) => ({ native_id: '', ...row, instance_id, batch_id: 'capture' }));
    const stored = table === 'query_deltas' ? whole : whole.map(({ native_id: _native, ...row }) => row);
    await world.add(table, stored as unknown as readonly CollectedTables[typeof table][]);
  }
  const settings = { point_s: header.interval_s };
  const from = new Date(header.captured_from);
  const to = new Date(header.captured_to);
  for (let time = plus(from, learn_from_s); time <= to; time = plus(time, every_s)) {
    await world.run(baseline_job, time, settings);
    await world.run(regress_job, time, settings);
  }
  const fault_ms = new Date(header.fault_at).getTime();
  const names = new Map(header.statements.map(({ query_hash, name }) => [query_hash, name]));
  return (await world.regressions(instance_id, to)).map(({ regression }) => ({
    statement: names.get(regression.query_hash) ?? regression.query_hash,
    after_s: (fromUtc(regression.detected_at).getTime() - fault_ms) / 1000,
    onset_error_s: (fromUtc(regression.onset_at).getTime() - fault_ms) / 1000,
    effect_ratio: regression.effect_ratio,
    cause: regression.cause.kind,
    sentence: regression.cause.sentence,
  }));
}
