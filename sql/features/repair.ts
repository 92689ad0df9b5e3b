import type { Dialect } from '@plumbline/contracts';
import { lex } from '../tokens/lexer.js';
import { spellForParser } from '../tokens/spelling.js';
import { isLiteral, kind, TokenList } from '../tokens/token-list.js';
import { words_before_operand } from '../tokens/words.js';
import type { ParseStatement } from './parsers.js';
import type { Query } from './query-tree.js';

const max_tries = 8;
const clause_words = new Set([
  'and',
  'or',
  'where',
  'from',
  'join',
  'on',
  'group',
  'order',
  'having',
  'union',
  'limit',
]);

/**
 * Reads a text that was cut off: drops what cannot end a statement, closes the brackets and parses; if that fails, cuts
 * back to the comma, AND/OR, clause word or bracket before. What comes out is a lower bound of the real statement.
 */
export function repairAndParse(rendered: string, dialect: Dialect, parse: ParseStatement): Query | null {
  const { tokens } = lex(rendered, dialect);
  let length = tokens.length;
  for (let tries = 0; tries < max_tries && length > 1; tries++) {
    length = withoutDanglingEnd(tokens, length);
    const query = parse(closed(tokens, length, dialect));
    if (query) return query;
    length = previousCut(tokens, length);
  }
  return null;
}

function withoutDanglingEnd(tokens: TokenList, length: number): number {
  let end = length;
  while (end > 0 && isDangling(tokens, end - 1)) end--;
  return end;
}

function isDangling(tokens: TokenList, place: number): boolean {
  const text = tokens.texts[place] ?? '';
  if (tokens.kinds[place] === kind.operator) return text !== '*';
  if (tokens.kinds[place] === kind.punctuation) return text !== ')' && text !== ']';
  return tokens.kinds[place] === kind.word && words_before_operand.has(text);
}

function closed(tokens: TokenList, length: number, dialect: Dialect): string {
  const kept = new TokenList();
  const open: string[] = [];
  for (let place = 0; place < length; place++) {
    const text = tokens.texts[place] ?? '';
    const token = tokens.kinds[place] ?? kind.word;
    kept.push(token, text);
    if (isLiteral(token) || token !== kind.punctuation) continue;
    if (text === '(') open.push(')');
    else if (text === '[') open.push(']');
    else if (text === ')' || text === ']') open.pop();
  }
  for (const bracket of open.reverse()) kept.push(kind.punctuation, bracket);
  return spellForParser(kept, dialect);
}

function previousCut(tokens: TokenList, length: number): number {
  for (let place = length - 1; place > 0; place--) {
    const text = tokens.texts[place] ?? '';
    const cuts =
      tokens.kinds[place] === kind.punctuation
        ? text === ',' || text === '('
        : tokens.kinds[place] === kind.word && clause_words.has(text);
    if (cuts) return place;
  }
  return 0;
}
