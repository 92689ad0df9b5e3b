/** How far percentiles merged from a thousand hours of the real rollup tables are from the exact ones, and how large. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { mergedPercentiles, percentile_levels, time_shapes } from '@plumbline/clickhouse/testing/merged-percentiles';
import type { TimeShape } from '@plumbline/clickhouse/testing/merged-percentiles';
import type { Benchmark, Figure } from '../figure.js';

const hours = 1_000;
const values = 1_000_000;
const most_error = 0.01;
const most_state_bytes = 7_000;

const origins = [
  { origin: 'exact', label: 'single runs (quantilesDD)' },
  { origin: 'means', label: 'interval means (TDigestWeighted)' },
] as const;

async function figuresOf(
  store: Store,
  shape: TimeShape,
  { origin, label }: (typeof origins)[number],
): Promise<readonly Figure[]> {
  const { relative_errors, merged_states, merged_state_bytes, largest_state_bytes } = await mergedPercentiles(store, {
    ...{ shape, hours, values, origin },
  });
  const worst = Math.max(...relative_errors);
  const each = relative_errors.map(
    (error, place) => `p${(percentile_levels[place] ?? 0) * 100} ${(100 * error).toFixed(2)} %`,
  );
  const largest = Math.max(merged_state_bytes, largest_state_bytes);
  return [
    {
      figure: `${label}, ${shape}: largest error after merging ${merged_states} hours of ${values} values (${each.join(', ')})`,
      measured: `${(100 * worst).toFixed(2)} %`,
      target: `≤ ${100 * most_error} %`,
      is_met: worst <= most_error,
    },
    {
      figure: `${label}, ${shape}: bytes of a state (of one hour at most ${largest_state_bytes}, merged ${merged_state_bytes})`,
      measured: `${largest}`,
      target: `≤ ${most_state_bytes}`,
      is_met: largest <= most_state_bytes,
    },
  ];
}

const benchmark: Benchmark = {
  name: 'percentiles',
  summary: 'error and size of percentiles merged from the rollup tables',
  async run(say) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-percentiles-'));
    const store = await openStore(`chdb://${directory}`);
    try {
      await migrate(store);
      const figures: Figure[] = [];
      for (const shape of Object.keys(time_shapes) as TimeShape[]) {
        for (const origin of origins) {
          say(`${origin.label}, ${shape}`);
          figures.push(...(await figuresOf(store, shape, origin)));
        }
      }
      return figures;
    } finally {
      await store.close();
      rmSync(directory, { recursive: true });
    }
  },
};
export default benchmark;
