import type { StatementClass } from '@plumbline/contracts';
import { kind, type TokenList } from './token-list.js';

const class_of: Readonly<Record<string, StatementClass>> = {
  select: 'select',
  values: 'select',
  table: 'select',
  insert: 'insert',
  replace: 'insert',
  update: 'update',
  delete: 'delete',
  merge: 'merge',
  create: 'ddl',
  alter: 'ddl',
  drop: 'ddl',
  truncate: 'ddl',
  comment: 'ddl',
  rename: 'ddl',
  reindex: 'ddl',
};
const main_verbs = new Set(['select', 'insert', 'update', 'delete', 'merge', 'replace', 'values', 'table']);

/** By the first word; behind WITH, the first verb outside brackets. */
export function statementClass(tokens: TokenList): StatementClass {
  let place = 0;
  while (tokens.texts[place] === '(' && tokens.kinds[place] === kind.punctuation) place++;
  if (tokens.kinds[place] !== kind.word) return 'unknown';
  const first = tokens.texts[place] ?? '';
  if (first === 'with') return mainVerb(tokens, place + 1);
  return class_of[first] ?? 'utility';
}

function mainVerb(tokens: TokenList, from: number): StatementClass {
  let depth = 0;
  for (let place = from; place < tokens.length; place++) {
    const text = tokens.texts[place] ?? '';
    if (tokens.kinds[place] === kind.punctuation) {
      if (text === '(') depth++;
      else if (text === ')') depth--;
    } else if (depth === 0 && tokens.kinds[place] === kind.word && main_verbs.has(text)) {
      return class_of[text] ?? 'unknown';
    }
  }
  return 'unknown';
}

export const isDml = (statement_class: StatementClass): boolean =>
  statement_class === 'select' ||
  statement_class === 'insert' ||
  statement_class === 'update' ||
  statement_class === 'delete' ||
  statement_class === 'merge';
