import { createHash } from 'node:crypto';

export interface NameLimit {
  readonly longest: number;
  /** As the server counts it: bytes, characters, UTF-16 units. */
  readonly lengthOf: (text: string) => number;
}

/**
 * `orders_customer_id` between `begin` and the hash with `end`, cut so that all fits and no character is halved. The
 * hash is of the whole definition: without it (a_b, c) and (a, b_c) share a name, and the way back of one would drop the
 * other.
 */
export function indexNameFor(
  words: readonly string[],
  definition: string,
  { longest, lengthOf }: NameLimit,
  { begin = '', end = '' }: { readonly begin?: string; readonly end?: string },
): string {
  const ending = `_${definitionHash(definition)}${end}`;
  let characters = [...(begin + words.map((word) => word.replace(/[^\p{L}\p{N}_]+/gu, '_')).join('_'))];
  while (lengthOf(characters.join('')) > longest - ending.length) characters = characters.slice(0, -1);
  return characters.join('') + ending;
}

export const definitionHash = (definition: string): string =>
  createHash('md5').update(definition).digest('hex').slice(0, 8);

/** A key column in parentheses is an expression (contracts/snapshot-rows.ts), anything else a name. */
export const isExpression = (column: string): boolean => /^\(.*\)$/s.test(column);
