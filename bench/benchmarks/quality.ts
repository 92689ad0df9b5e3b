/** How well the judge judges: false alarms and what it finds, on seeded series of several shapes. */
import { analytics_settings_schema } from '@plumbline/analytics';
import { judge, recall, series, slow, worldOf } from '@plumbline/analytics/testing/judged-series';
import type { Run } from '@plumbline/analytics/testing/judged-series';
import type { SeriesShape } from '@plumbline/analytics/testing/series';
import { plus } from '@plumbline/analytics/testing/world';
import { replayFigures } from '../faults/replay-figures.js';
import type { Benchmark, Figure } from '../figure.js';

const most_false_alarms = 0.15;
const hour_ms = 3_600_000;
const weeks_taught_s = 28 * 86_400;
const seeds = [1, 2, 3];

/** ln of a slowdown that all queries of the server share: a neighbour that takes the machine for an hour each day. */
const neighbour = (at: Date): number => (at.getUTCHours() === 13 && at.getUTCDate() % 2 === 0 ? Math.log(1.4) : 0);
/** ln of a growth of a tenth in four weeks, as tables grow. */
const trend = (at: Date): number => (Math.log(1.1) * (at.getTime() - slow.from.getTime())) / (weeks_taught_s * 1000);
/** ln of a ramp of half as much again each morning, taken back at noon: a cache that is cold after the nightly load. */
const ramp = (at: Date): number => {
  const hour = (at.getTime() % (24 * hour_ms)) / hour_ms;
  return hour >= 6 && hour < 12 ? Math.log(1.5) * (1 - (hour - 6) / 6) : 0;
};

interface Step {
  readonly ratio: number;
  readonly within_s: number;
  readonly target: number;
  readonly ramp_s?: number;
}

const steps: readonly Step[] = [
  { ratio: 1.5, within_s: 2 * 3_600, target: 0.95 },
  { ratio: 1.2, within_s: 86_400, target: 0.85 },
];
/** Few runs a day cannot tell of a step within hours; what they can tell is asked. */
const seldom_steps: readonly Step[] = [{ ratio: 1.5, within_s: 86_400, target: 0.95 }];
const rare_steps: readonly Step[] = [{ ratio: 2, within_s: 3 * 86_400, target: 0.85 }];
const ramp_steps: readonly Step[] = [{ ratio: 1.5, within_s: 12 * 3_600, target: 0.95, ramp_s: 6 * 3_600 }];

const shapes: readonly {
  readonly name: string;
  readonly shape: Partial<SeriesShape>;
  readonly steps?: readonly Step[];
}[] = [
  { name: 'daily and weekly cycle', shape: {} },
  { name: 'strong autocorrelation (0.9)', shape: { phi: 0.9 } },
  { name: 'many spikes (2 % of points, three times)', shape: { spikes: 0.02 } },
  { name: 'morning ramps', shape: { added_ln: ramp } },
  {
    name: 'low traffic (3 calls of 2 s in ten minutes)',
    shape: { calls_per_window: 3, mean_us: 2_000_000 },
    steps: seldom_steps,
  },
  {
    name: 'seldom (14 calls of 20 s a day)',
    shape: { calls_per_window: 0.1, mean_us: 20_000_000 },
    steps: rare_steps,
  },
  { name: 'becoming slower over six hours', shape: {}, steps: ramp_steps },
  { name: 'growing by a tenth in four weeks', shape: { added_ln: trend } },
  { name: 'a neighbour’s load, an hour every other day', shape: { added_ln: neighbour } },
];

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function falseAlarms(run: Run): Figure {
  const raised = judge(worldOf(run, 1), run).length;
  const rate = raised / series;
  return {
    figure: `${run.name}: false alarms per series and week (${series} series)`,
    measured: rate.toFixed(2),
    target: `≤ ${most_false_alarms}`,
    is_met: rate <= most_false_alarms,
  };
}

function found(run: Run, { target, ...given }: Step): Figure {
  const { ratio, within_s } = given;
  const step = { at: plus(run.from, 10 * 3_600), ...given };
  const share = recall({ ...run, judge_every_s: 1_800 }, step, seeds);
  return {
    figure: `${run.name}: +${percent(ratio - 1)} found within ${within_s / 3_600} h (${(seeds.length * series) / 5} steps)`,
    measured: percent(share),
    target: `≥ ${percent(target)}`,
    is_met: share >= target,
  };
}

/** Series judged per minute on one core: the share of the judging alone, points at hand. */
function speed(): Figure {
  const settings = analytics_settings_schema.parse({});
  const run = { ...slow, settings, to: plus(slow.from, 6 * 3_600) };
  const world = worldOf(slow, 1);
  const began = process.cpuUsage();
  judge(world, run);
  const used = process.cpuUsage(began);
  const judged = (series * (run.to.getTime() - run.from.getTime())) / 1000 / run.judge_every_s;
  const per_minute = judged / ((used.user + used.system) / 6e7);
  return {
    figure: 'series judged per minute of CPU, baselines learned once',
    measured: Math.round(per_minute).toLocaleString('en'),
    target: '≥ 10,000',
    is_met: per_minute >= 10_000,
  };
}

const benchmark: Benchmark = {
  name: 'quality',
  summary: 'the judge on seeded series: false alarms, what is found and how soon, speed',
  async run(say) {
    const figures = shapes.flatMap(({ name, shape, steps: asked = steps }) => {
      say(name);
      const run = { ...slow, name, shape };
      return [falseAlarms(run), ...asked.map((step) => found(run, step))];
    });
    say('speed');
    figures.push(speed());
    return [...figures, ...(await replayFigures(say))];
  },
};
export default benchmark;
