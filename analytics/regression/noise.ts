import type { BaselineRow } from '@plumbline/contracts';
import { median, phiOfMeans } from '../math/robust.js';
import type { AnalyticsSettings } from '../settings.js';

export type Noise = Pick<BaselineRow, 'sigma_ln' | 'autocorrelation' | 'long_autocorrelation'>;

/** A point of the past against the median of its slot. */
export interface TaughtResidual {
  readonly point: number;
  readonly residual: number;
}

/** A spread of fewer blocks than these is hearsay: lag 1 says more. */
const min_short_blocks = 30;
const min_long_blocks = 14;

/**
 * sigma = 1.4826 · MAD, and the φ with which medians of whole windows vary as they did: windows are what is judged, and
 * lag 1 promises too much where a series has slow parts, or where a median is less sharp than a mean. A slot's median is
 * learned on few `occasions` and takes a share of every slow movement with it, which is given back: with K of them the
 * window's variance is K/(K − 1) of what the residuals show, and sigma² grows by as much. Too short a history: lag 1.
 */
export function noiseOf(residuals: readonly TaughtResidual[], occasions: number, settings: AnalyticsSettings): Noise {
  const raw_sigma = 1.4826 * median(residuals.map((one) => Math.abs(one.residual)));
  const short = blocksOf(residuals, settings.short_points, settings.min_window_points);
  if (short.count < min_short_blocks) {
    const sigma_ln = Math.max(settings.min_sigma_ln, raw_sigma);
    const autocorrelation = lagOne(residuals, sigma_ln, settings.max_autocorrelation);
    return { sigma_ln, autocorrelation, long_autocorrelation: autocorrelation };
  }
  const given_back = occasions > 1 ? 1 / (occasions - 1) : 0;
  const sigma_ln = Math.max(settings.min_sigma_ln, Math.sqrt(raw_sigma ** 2 + short.variance * given_back));
  const phiOf = ({ points, variance }: Blocks): number =>
    phiOfMeans(points, (variance * (1 + given_back)) / sigma_ln ** 2, settings.max_autocorrelation);
  const long = blocksOf(residuals, settings.long_points, settings.min_window_points);
  const autocorrelation = phiOf(short);
  const of_long = long.count < min_long_blocks ? 0 : phiOf(long);
  return { sigma_ln, autocorrelation, long_autocorrelation: Math.max(autocorrelation, of_long) };
}

interface Blocks {
  readonly count: number;
  /** Points with runs in a block, on average. */
  readonly points: number;
  /** Of the blocks' medians about zero, cut at three sigma. */
  readonly variance: number;
}

function blocksOf(residuals: readonly TaughtResidual[], block_points: number, min_points: number): Blocks {
  const by_block = new Map<number, number[]>();
  for (const { point, residual } of residuals) {
    const block = Math.floor(point / block_points);
    const of_block = by_block.get(block);
    if (of_block === undefined) by_block.set(block, [residual]);
    else of_block.push(residual);
  }
  const full = [...by_block.values()].filter((of_block) => of_block.length >= min_points);
  const medians = full.map(median);
  const most = 3 * 1.4826 * median(medians.map(Math.abs));
  const squares = medians.reduce((sum, middle) => sum + Math.min(most, Math.abs(middle)) ** 2, 0);
  return {
    count: medians.length,
    points: Math.round(full.reduce((sum, of_block) => sum + of_block.length, 0) / full.length),
    variance: squares / medians.length,
  };
}

/**
 * Over pairs of neighbouring points only, cut at three sigma: after a gap a point has no predecessor. Corrected for its
 * bias (1 + 3φ)/n.
 */
function lagOne(residuals: readonly TaughtResidual[], sigma_ln: number, most: number): number {
  const cut = (value: number): number => Math.max(-3 * sigma_ln, Math.min(3 * sigma_ln, value));
  let products = 0;
  let squares = 0;
  let squares_before = 0;
  for (let index = 1; index < residuals.length; index++) {
    const now = residuals[index];
    const before = residuals[index - 1];
    if (now === undefined || before === undefined || now.point !== before.point + 1) continue;
    products += cut(now.residual) * cut(before.residual);
    squares += cut(now.residual) ** 2;
    squares_before += cut(before.residual) ** 2;
  }
  const scale = Math.sqrt(squares * squares_before);
  if (scale === 0) return 0;
  const raw = products / scale;
  return Math.min(most, Math.max(0, raw + (1 + 3 * raw) / residuals.length));
}
