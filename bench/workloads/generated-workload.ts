import { seeded } from '@plumbline/analytics/testing/series';
import type { CompressibleQuery } from '@plumbline/analytics/workload/compress';

const columns = 2_000;
const least_features = 2;
const more_features = 8;

/** Templates with lognormal-like costs over 2,000 columns of which a few are in most statements; for speed alone. */
export function generatedWorkload(templates: number, seed: number): readonly CompressibleQuery[] {
  const random = seeded(seed);
  return Array.from({ length: templates }, (_, number) => {
    const count = least_features + Math.floor(random() * more_features);
    const used = Array.from({ length: count }, (): [string, number] => [`c${Math.floor(columns * random() ** 2)}`, 1]);
    return {
      query_hash: `q${number}`,
      cost: Math.exp(4 * random()),
      calls: 1 + Math.floor(1_000 * random()),
      features: new Map(used),
    };
  });
}
