import { expect, test } from '@jest/globals';
import { redact } from './index.js';

test.each([
  ['postgresql', "((status)::text = 'open'::text)", '((status)::text = ?::text)'],
  ['postgresql', "(a = ANY ('{1,2}'::integer[]))", '(a = any (?::integer[]))'],
  [
    'postgresql',
    "(created_at > (now() - '1 day'::interval)) AND (n > '-5'::integer)",
    '(created_at > (now() - ?::interval)) and (n > ?::integer)',
  ],
  [
    'postgresql',
    "CREATE INDEX ix ON public.t USING btree (a) WHERE (status = 'open'::text)",
    'create index ix on public.t using btree(a) where (status = ?::text)',
  ],
  ['postgresql', 'duplicate key value: Key (email)=(bob) /* 42 */', 'duplicate key value: key (email) = (bob)'],
  ['mysql', "(`t`.`a` = 'x') and (`b` > 5)", '(t.a = ?) and (b > ?)'],
  ['oracle', '"STATUS"=\'open\' AND ROWNUM<=10', 'status = ? and rownum <= ?'],
  ['sqlserver', "[t].[a]=N'x' AND [b]=(5)", 't.a = ? and b = (?)'],
  ['dremio', "=($0, 'open':VARCHAR(4))", '= (?, ?: varchar(?))'],
  ['postgresql', '', ''],
  ['postgresql', "unterminated 'secret", 'unterminated ?'],
] as const)('in %s, %s becomes %s', (dialect, fragment, expected) => {
  expect(redact(fragment, dialect)).toBe(expected);
});
