import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { dialects, type ColumnUse, type Dialect, type Features } from '@plumbline/contracts';
import { parse } from 'yaml';
import { FeatureExtractor, normalize } from '../index.js';
import { extractFeatures } from './extract.js';
import { loadParser, polyglotParser, type ParseStatement } from './parsers.js';

interface Case {
  readonly name: string;
  readonly sql: string;
  readonly class?: string;
  readonly flags?: readonly string[];
  readonly [field: string]: unknown;
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const corpus = (dialect: Dialect): string[] =>
  read(`../testdata/corpus/${dialect}.sql`)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'));

const column = ({ table, column: name }: ColumnUse): string => `${table}.${name}`;
const words = (...all: string[]): string => all.filter((word) => word !== '').join(' ');

/** Features as the short lines of the case files. */
function inShort(features: Features): Record<string, unknown> {
  const flags = ['selects_star', 'has_limit', 'has_offset', 'has_aggregate'] as const;
  return {
    class: features.statement_class,
    tables: features.tables.map(({ schema, table, alias, access }) =>
      words(access, schema === '' ? table : `${schema}.${table}`, alias),
    ),
    predicates: features.predicates.map((one) => words(one.clause, column(one), one.operator, one.wrapped_in)).sort(),
    joins: features.joins.map(({ left, right, kind }) => `${kind} ${column(left)} = ${column(right)}`),
    group_by: features.group_by.map(column),
    order_by: features.order_by.map((one) => words(column(one), one.descending ? 'desc' : '')),
    flags: flags.filter((flag) => features[flag]),
    subqueries: features.subqueries,
    set_operations: features.set_operations,
    feature_source: features.feature_source,
  };
}

const extractor = new FeatureExtractor();
afterAll(() => extractor.close());

describe.each(dialects)('%s features', (dialect) => {
  const cases = parse(read(`../testdata/features/${dialect}.yml`)) as readonly Case[];

  test.each(cases)('$name', async ({ name: _, sql, ...expected }) => {
    const features = inShort(await extractor.features(normalize(sql, dialect), dialect));
    const wanted = {
      ...expected,
      ...(Array.isArray(expected['predicates']) && { predicates: [...expected['predicates']].sort() }),
    };
    expect(features).toMatchObject(wanted);
  });

  test('of every corpus statement come from the parser', async () => {
    const sources = await Promise.all(
      corpus(dialect).map(async (sql) => (await extractor.features(normalize(sql, dialect), dialect)).feature_source),
    );
    expect(sources.filter((source) => source !== 'ast')).toEqual([]);
  });

  test('of a template that comes back from the store name the same tables, columns and joins', async () => {
    const parser = await loadParser(dialect);
    for (const sql of corpus(dialect)) {
      const fresh = inShort(featuresOf(sql, dialect, parser));
      const stored = inShort(featuresOf(normalize(sql, dialect).template, dialect, parser));
      // Whether a LIKE pattern began with plain text is not in the template.
      const predicates = (fresh['predicates'] as string[]).map((line) => line.replace('like_prefix', 'like'));
      expect({ ...stored, sql }).toEqual({ ...fresh, predicates, sql });
    }
  });
});

function featuresOf(sql: string, dialect: Dialect, parser: ParseStatement): Features {
  const { statement_class, is_truncated, render } = fields(normalize(sql, dialect));
  return extractFeatures({ dialect, statement_class, is_truncated, rendered: render }, parser);
}

const fields = (normalized: ReturnType<typeof normalize>) => ({
  statement_class: normalized.statement_class,
  is_truncated: normalized.is_truncated,
  render: normalized.render(),
});

describe('the two parsers on the PostgreSQL corpus', () => {
  test.each(['tables', 'predicates', 'joins', 'group_by', 'order_by'] as const)(
    'give the same %s for every statement but TABLE, which polyglot does not read',
    async (field) => {
      const [own, other] = [await loadParser('postgresql'), await polyglotParser('postgresql')];
      const statements = corpus('postgresql').filter((sql) => sql !== 'table orders;');
      const different = statements.filter((sql) => {
        const [a, b] = [featuresOf(sql, 'postgresql', own), featuresOf(sql, 'postgresql', other)];
        return JSON.stringify(inShort(a)[field]) !== JSON.stringify(inShort(b)[field]);
      });
      expect(different).toEqual([]);
    },
  );
});

test('a template above 32 KB is read by tokens only', async () => {
  const columns = Array.from({ length: 5_000 }, (_, place) => `column_${place}`).join(', ');
  const features = await extractor.features(
    normalize(`select ${columns} from t where a = 1`, 'postgresql'),
    'postgresql',
  );
  expect(inShort(features)).toMatchObject({
    feature_source: 'tokens',
    tables: ['read t'],
    predicates: ['where t.a eq'],
  });
});

test('raw text is tried when the parser refuses the template', async () => {
  const parser = await loadParser('postgresql');
  const request = { dialect: 'postgresql', statement_class: 'select', is_truncated: false } as const;
  const features = extractFeatures({ ...request, rendered: 'select from from', raw: 'select a from t' }, parser);
  expect(inShort(features)).toMatchObject({ feature_source: 'ast_raw', tables: ['read t'] });
});

test('a tree too deep for the walker still gives the tables', async () => {
  const sql = `select a from t where ${'b = 1 + ('.repeat(400)}1${')'.repeat(400)}`;
  const features = await extractor.features(normalize(sql, 'mysql'), 'mysql');
  expect(features.tables.map((table) => table.table)).toEqual(['t']);
});
