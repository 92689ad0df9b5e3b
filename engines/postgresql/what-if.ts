import { SourceError, type WhatIf, type WhatIfPlan } from '@plumbline/contracts';
import { redact } from '@plumbline/sql';
import { explain } from './explain.js';
import { hasQuestionOperator, withNumbers } from './explainable.js';
import { planTree } from './plan-tree.js';
import { indexDefinition } from './render.js';
import { quoted, type Query, type Source } from './source.js';

type Index = Parameters<WhatIf['plan']>[2][number];

const redacted = (fragment: string): string => redact(fragment, 'postgresql');

/** Plans with indexes that are not there, by HypoPG: no lock, no write, gone when the reading ends. */
export async function whatIf(source: Source): Promise<WhatIf> {
  const found = await hypopg(source, source.facts.database_name);
  return {
    can_prove: found.schema_name !== '',
    reason: found.schema_name === '' ? found.reason : '',
    fix: found.schema_name === '' ? found.fix : '',
    plan: (database_name, template, indexes) =>
      withHypopg(source, database_name, indexes, (query, imagined) => planned(source, query, template, imagined)),
    indexSizeBytes: (database_name, index) =>
      withHypopg(source, database_name, [index], async (query, [imagined], schema_name) => {
        const [row] = await query<{ bytes: string }>(
          `SELECT ${schema_name}.hypopg_relation_size($1::oid)::text AS bytes`,
          [imagined?.oid],
        );
        return Number(row?.bytes ?? 0);
      }),
  };
}

interface Imagined {
  readonly oid: string;
  readonly name: string;
}

async function hypopg(source: Source, database_name: string) {
  const [row] = await source.read(
    'catalog',
    (query) =>
      query<{ schema_name: string; is_available: boolean }>(
        `SELECT coalesce((SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
           WHERE e.extname = 'hypopg'), '') AS schema_name,
         EXISTS (SELECT FROM pg_available_extensions WHERE name = 'hypopg') AS is_available`,
      ),
    database_name,
  );
  const create = `In database ${quoted(database_name)}: CREATE EXTENSION hypopg`;
  return {
    schema_name: row?.schema_name ?? '',
    reason: `HypoPG is not installed in database "${database_name}"`,
    fix: row?.is_available === true ? create : `apt-get install postgresql-${source.facts.major}-hypopg. ${create}`,
  };
}

/** Imagines the indexes, does the work, and always forgets them: they live as long as the connection. */
async function withHypopg<T>(
  source: Source,
  database_name: string,
  indexes: readonly Index[],
  work: (query: Query, imagined: readonly Imagined[], schema_name: string) => Promise<T>,
): Promise<T> {
  const found = await hypopg(source, database_name);
  if (found.schema_name === '') throw new SourceError('unsupported', found.reason, found.fix);
  const schema_name = quoted(found.schema_name);
  return source.read(
    'catalog',
    async (query) => {
      await quietAutoExplain(query);
      await query('SAVEPOINT imagined');
      try {
        const imagined: Imagined[] = [];
        for (const index of indexes) {
          const [made] = await query<Imagined>(
            `SELECT indexrelid::text AS oid, indexname::text AS name FROM ${schema_name}.hypopg_create_index($1)`,
            [`CREATE INDEX ${indexDefinition(index)}`],
          );
          if (made === undefined) throw new SourceError('broken', 'HypoPG did not imagine the index', '');
          imagined.push(made);
        }
        return await work(query, imagined, schema_name);
      } finally {
        await query('ROLLBACK TO imagined');
        await query(`SELECT ${schema_name}.hypopg_reset()`);
      }
    },
    database_name,
  );
}

/**
 * auto_explain, when it logs, looks the imagined index up in the catalog and fails the statement. Only a superuser may
 * silence it for the session; else libraries must be loaded in the other order.
 */
async function quietAutoExplain(query: Query): Promise<void> {
  const [row] = await query<{ setting: string | null }>(
    `SELECT current_setting('auto_explain.log_min_duration', true) AS setting`,
  );
  if (row === undefined || row.setting === null || row.setting === '-1') return;
  await query('SAVEPOINT quiet');
  try {
    await query('SET LOCAL auto_explain.log_min_duration = -1');
  } catch {
    await query('ROLLBACK TO quiet');
    const [libraries] = await query<{ text: string }>(
      `SELECT current_setting('shared_preload_libraries', true) AS text`,
    );
    const listed = (libraries?.text ?? '').split(',').map((name) => name.trim());
    if (listed.includes('hypopg') && listed.indexOf('hypopg') < listed.indexOf('auto_explain')) return;
    throw new SourceError(
      'unsupported',
      'auto_explain is on, and it fails statements that are planned with an imagined index',
      'List hypopg first in shared_preload_libraries and restart, or on 15+: GRANT SET ON PARAMETER auto_explain.log_min_duration TO the role',
    );
  }
}

async function planned(
  source: Source,
  query: Query,
  template: string,
  imagined: readonly Imagined[],
): Promise<WhatIfPlan> {
  if (hasQuestionOperator(template)) {
    const reason = 'no plan: it has an operator spelled with "?" (jsonb ?, ?|, ?&), which looks like a removed literal';
    throw new SourceError('unsupported', reason, 'jsonb_exists, jsonb_exists_any and jsonb_exists_all mean the same');
  }
  const answer = await explain(query, source.facts.major, withNumbers(template));
  if ('reason' in answer) throw new SourceError('unsupported', `no plan: ${answer.reason}`, '');
  const tree = planTree(answer.plan, redacted);
  const names = new Set<string>();
  const visit = (node: typeof tree): void => {
    names.add(node.index);
    node.children.forEach(visit);
  };
  visit(tree);
  const used = imagined.flatMap(({ name }, place) => (names.has(name) ? [place] : []));
  return { tree, total_cost: tree.total_cost ?? 0, used };
}
