import type { Dialect } from '@plumbline/contracts';
import { lex } from './tokens/lexer.js';
import { spell } from './tokens/spelling.js';

/**
 * The fragment (a condition of a plan, an index definition, a message) with each literal as `?` and without comments.
 * Never throws. Source: any text that is not a whole statement.
 */
export function redact(fragment: string, dialect: Dialect): string {
  return spell(lex(fragment.replaceAll('\0', ' '), dialect).tokens);
}
