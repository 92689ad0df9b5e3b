/**
 * Captures real faults on a real PostgreSQL for the quality benchmark and its test (bench/captures/README.md): four
 * minutes each, run by hand. A capture that is there is left; delete its files to make it anew.
 */
import { capture } from '../faults/capture.js';
import { isCaptured, writeCapture } from '../faults/capture-file.js';
import { scenarios } from '../faults/scenarios.js';
import type { Benchmark, Figure } from '../figure.js';

const most_bytes = 100_000;

const benchmark: Benchmark = {
  name: 'capture-faults',
  summary: 'records what the collector sends of a PostgreSQL in which something breaks',
  async run(say) {
    const figures: Figure[] = [];
    for (const scenario of scenarios.filter(({ name }) => !isCaptured(name))) {
      say(`${scenario.name}: ${scenario.sentence}`);
      const captured = await capture(scenario);
      const bytes = writeCapture(captured);
      figures.push({
        figure: `${scenario.name}: bytes of ${captured.rows.query_deltas.length} statement deltas and what else was noted`,
        measured: bytes.toLocaleString('en'),
        target: `≤ ${most_bytes.toLocaleString('en')}`,
        is_met: bytes <= most_bytes,
      });
    }
    return figures;
  },
};
export default benchmark;
