/** What was counted since `before`. A total that went down was reset: what it says now was counted since. */
export function sinceReset(now: bigint | null, before: bigint | null | undefined): bigint {
  const since = (now ?? 0n) - (before ?? 0n);
  return since < 0n ? (now ?? 0n) : since;
}
