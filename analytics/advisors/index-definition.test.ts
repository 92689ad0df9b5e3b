import { describe, expect, test } from '@jest/globals';
import { parseIndexDefinition } from './index-definition.js';

describe('an index definition', () => {
  test.each([
    ['CREATE INDEX i ON public.orders USING btree (a)', { method: 'btree', keys: ['a'], columns: ['a'] }],
    [
      'CREATE UNIQUE INDEX i ON orders (a, b DESC NULLS LAST)',
      { method: 'btree', keys: ['a', 'b DESC NULLS LAST'], columns: ['a', 'b'] },
    ],
    [
      'CREATE INDEX i ON public.orders USING btree (lower(name), b)',
      { method: 'btree', keys: ['lower(name)', 'b'], columns: ['', 'b'] },
    ],
    ['CREATE INDEX i ON public.orders USING gin (tags)', { method: 'gin', keys: ['tags'], columns: ['tags'] }],
    [
      'CREATE INDEX i ON "My Schema"."On (x)" USING btree ("a,b", "c""d")',
      { method: 'btree', keys: ['"a,b"', '"c""d"'], columns: ['a,b', 'c"d'] },
    ],
    [
      "CREATE INDEX i ON t USING btree ((a || ')'), b)",
      { method: 'btree', keys: ["(a || ')')", 'b'], columns: ['', 'b'] },
    ],
    [
      'CREATE INDEX `i` ON `my schema`.`On (x)` (`a,b`, `c``d` DESC)',
      { method: 'btree', keys: ['`a,b`', '`c``d` DESC'], columns: ['a,b', 'c`d'] },
    ],
    [
      'CREATE NONCLUSTERED INDEX [i] ON [dbo].[On (x)] ([a,b], [c]]d])',
      { method: 'btree', keys: ['[a,b]', '[c]]d]'], columns: ['a,b', 'c]d'] },
    ],
  ])('%s', (definition, { method, keys, columns }) => {
    const parsed = parseIndexDefinition(definition);
    expect(parsed?.method).toBe(method);
    expect(parsed?.keys.map((key) => key.text)).toEqual(keys);
    expect(parsed?.keys.map((key) => key.column)).toEqual(columns);
  });

  test('tells included columns and the predicate', () => {
    const parsed = parseIndexDefinition('CREATE INDEX i ON t USING btree (a) INCLUDE (b, c) WHERE (d > 0)');
    expect(parsed).toMatchObject({ included_columns: ['b', 'c'], predicate: '(d > 0)', is_unique: false });
  });

  test.each(['', 'ALTER TABLE t ADD PRIMARY KEY (a)', 'CREATE INDEX i ON t (a', 'CREATE TABLE t (a int)'])(
    'does not guess at %p',
    (definition) => expect(parseIndexDefinition(definition)).toBeUndefined(),
  );
});
