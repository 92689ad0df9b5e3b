/** Reads parser trees of unknown shape: a field that is not what we expect counts as absent. */
export type TreeNode = Readonly<Record<string, unknown>>;

export function nodeOf(value: unknown): TreeNode | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as TreeNode) : null;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `{Kind: {..}}`, the form both parsers give their nodes. */
export function taggedOf(value: unknown): readonly [tag: string, body: TreeNode] | null {
  const node = nodeOf(value);
  if (!node) return null;
  const keys = Object.keys(node);
  const [tag] = keys;
  if (keys.length !== 1 || tag === undefined) return null;
  return [tag, nodeOf(node[tag]) ?? {}];
}
