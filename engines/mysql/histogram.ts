/** A digest's histogram as the server's own reading packs it: `bucket:calls bucket:calls`, empty buckets left out. */
export type PackedBuckets = string;

/** Upper bound of each bucket in µs, by its number. */
export type BucketBounds = ReadonlyMap<number, number>;

export interface HistogramDelta {
  readonly bucket_upper_us: readonly number[];
  readonly bucket_calls: readonly bigint[];
}

export const no_histogram: HistogramDelta = { bucket_upper_us: [], bucket_calls: [] };

/**
 * How many runs fell into each bucket since `before` (''  for an entry that is new). A bucket that went down was emptied
 * in between: what the histogram holds now is then all that is known.
 */
export function histogramDelta(now: PackedBuckets, before: PackedBuckets, bounds: BucketBounds): HistogramDelta {
  const is_calls = unpackBuckets(now);
  const was_calls = unpackBuckets(before);
  const is_reset = [...was_calls].some(([bucket, calls]) => (is_calls.get(bucket) ?? 0n) < calls);
  const bucket_upper_us: number[] = [];
  const bucket_calls: bigint[] = [];
  for (const [bucket, calls] of is_calls) {
    const more = is_reset ? calls : calls - (was_calls.get(bucket) ?? 0n);
    const upper_us = bounds.get(bucket);
    if (more <= 0n || upper_us === undefined) continue;
    bucket_upper_us.push(upper_us);
    bucket_calls.push(more);
  }
  return { bucket_upper_us, bucket_calls };
}

function unpackBuckets(packed: PackedBuckets): Map<number, bigint> {
  const buckets = new Map<number, bigint>();
  for (const [, bucket = '', calls = ''] of packed.matchAll(/(\d+):(\d+)/g)) buckets.set(Number(bucket), BigInt(calls));
  return buckets;
}
