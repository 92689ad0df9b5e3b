const first_ms = 100;
const longest_ms = 5_000;

/** 100 ms, doubling to 5 s, with a spread of half so that many waiters do not come back at once. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(longest_ms, first_ms * 2 ** Math.min(attempt - 1, 20));
  return full * (0.5 + random() / 2);
}
