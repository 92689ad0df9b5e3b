import type { PercentileOrigin } from '@plumbline/contracts';

const labels: Readonly<Record<PercentileOrigin, (percentile: string) => string>> = {
  exact: (percentile) => `${percentile} of runs`,
  histogram: (percentile) => `${percentile} from histogram`,
  modelled: (percentile) => `${percentile} (estimated from mean and deviation)`,
  means: (percentile) => `${percentile} of interval means`,
};

/** A percentile with its origin. Percentiles of interval means are never called latency. */
export const percentileLabel = (percentile: 'p50' | 'p95' | 'p99', origin: PercentileOrigin): string =>
  (labels[origin] ?? labels.means)(percentile);
