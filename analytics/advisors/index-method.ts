/** Engines name their ordered trees differently; all of them find, and give in order, what leads with their columns. */
const ordered: ReadonlySet<string> = new Set(['btree', 'clustered', 'nonclustered', 'normal']);

export function isSameMethod(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  return a === b || (ordered.has(a) && ordered.has(b));
}
