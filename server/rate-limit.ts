/** A bucket per caller that refills steadily. `take` tells how long to wait, 0 when the request may go on. */
export interface RateLimit {
  take(caller: string): number;
}

const most_callers = 10_000;

export function createRateLimit(per_minute: number, now_ms: () => number = Date.now): RateLimit {
  const per_ms = per_minute / 60_000;
  const buckets = new Map<string, { tokens: number; at_ms: number }>();
  return {
    take(caller) {
      const at_ms = now_ms();
      const before = buckets.get(caller) ?? { tokens: per_minute, at_ms };
      const tokens = Math.min(per_minute, before.tokens + (at_ms - before.at_ms) * per_ms);
      buckets.delete(caller);
      // Oldest out first: an attacker with many addresses must not grow the map for ever.
      if (buckets.size >= most_callers) buckets.delete(buckets.keys().next().value ?? '');
      const may_go = tokens >= 1;
      buckets.set(caller, { tokens: may_go ? tokens - 1 : tokens, at_ms });
      return may_go ? 0 : Math.ceil((1 - tokens) / per_ms / 1000);
    },
  };
}
