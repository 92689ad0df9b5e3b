import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DetectorInput, JudgedQuery } from '@plumbline/contracts';
import { planTree, type ExplainNode } from '@plumbline/engines/postgresql/plan-tree';
import { FeatureExtractor, normalize, redact } from '@plumbline/sql';
import { detectorInput, detectorTools, type Given } from '../testing/case-input.js';
import { loadDetectors } from './load.js';

interface Captured {
  readonly span_s: number;
  readonly tables: NonNullable<Given['tables']>;
  readonly indexes: NonNullable<Given['indexes']>;
  readonly columns: readonly { table_name: string; column_name: string; data_type: string }[];
  readonly statements: readonly CapturedStatement[];
}
interface CapturedStatement {
  readonly query: string;
  readonly calls: number;
  readonly total_time_ms: number;
  readonly rows: number;
  readonly blocks: number;
  readonly explain: ExplainNode;
}

const captured = JSON.parse(
  readFileSync(new URL('./testdata/postgresql-15.json', import.meta.url), 'utf8'),
) as Captured;
const extractor = new FeatureExtractor();
let input: DetectorInput;

async function judged(statement: CapturedStatement): Promise<JudgedQuery> {
  const template = normalize(statement.query, 'postgresql');
  return {
    query_hash: template.query_hash,
    database_name: 'shop',
    template: template.template,
    features: await extractor.features(template, 'postgresql', statement.query),
    calls: statement.calls,
    total_time_us: statement.total_time_ms * 1000,
    rows_returned: statement.rows,
    logical_read_bytes: statement.blocks * 8192,
    temp_written_bytes: 0,
    span_s: captured.span_s,
    plan: planTree(statement.explain, (fragment) => redact(fragment, 'postgresql')),
  };
}

beforeAll(async () => {
  const columns: Record<string, Record<string, { data_type: string }>> = {};
  for (const { table_name, column_name, data_type } of captured.columns) {
    columns[table_name] = { ...columns[table_name], [column_name]: { data_type } };
  }
  const { tables, indexes } = captured;
  const queries = await Promise.all(captured.statements.map(judged));
  input = { ...detectorInput({ tables, indexes, columns }), queries };
}, 30_000);
afterAll(() => extractor.close());

/** The load runs each bad statement beside a good one that looks like it. */
describe('of the statements that PostgreSQL 15 counted', () => {
  test.each<[string, readonly string[]]>([
    ['n-plus-one', ['select name from customers where id = ?']],
    ['deep-offset', ['select id, note from orders order by id limit ? offset ?']],
    ['implicit-conversion', ['select note from orders where id = ?']],
    ['join-fan-out', ['select distinct c.id from customers c join visits v on v.region_id = c.region + ?']],
    [
      'partition-pruning',
      ['select count(*) from events where date_trunc(?, created_at) = ?', 'select count(*) from events where kind = ?'],
    ],
  ])('%s finds what it is about and nothing else', async (name, templates) => {
    const found = (await loadDetectors()).find(({ detector }) => detector.name === name);
    const findings = (await found?.detector.detect(input, detectorTools({}))) ?? [];
    const about = findings.map(({ query_hashes: [query_hash] }) =>
      input.queries.find((query) => query.query_hash === query_hash),
    );
    expect(about.map((query) => query?.template).sort()).toEqual(templates);
  });

  test('the lookups are told with the list that causes them', async () => {
    const found = (await loadDetectors()).find(({ detector }) => detector.name === 'n-plus-one');
    const [finding] = (await found?.detector.detect(input, detectorTools({}))) ?? [];
    const list = input.queries.find(({ query_hash }) => query_hash === finding?.query_hashes[1]);
    expect(list?.template).toBe('select id, customer_id from orders where amount = ? limit ?');
  });
});
