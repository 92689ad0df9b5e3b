import type { Dialect as PolyglotDialect } from '@polyglot-sql/sdk';
import type { Dialect } from '@plumbline/contracts';
import { polyglotQuery } from './polyglot-tree.js';
import { postgresqlQuery } from './postgresql-tree.js';
import type { Query } from './query-tree.js';
import { nodeOf, taggedOf } from './tree-node.js';

/**
 * One statement's tree, or null when the parser refuses the text or it is no query or DML. May hang or crash on odd
 * input (polyglot 0.12.1 loops for ever on some truncated DDL): call it in a worker that can be ended.
 */
export type ParseStatement = (sql: string) => Query | null;

const loaded = new Map<Dialect, ParseStatement>();

/** Loads the dialect's parser once (WebAssembly, 80 to 250 ms). */
export async function loadParser(dialect: Dialect): Promise<ParseStatement> {
  const known = loaded.get(dialect);
  if (known) return known;
  const parse = dialect === 'postgresql' ? await postgresqlParser() : await polyglotParser(dialect);
  loaded.set(dialect, parse);
  return parse;
}

async function postgresqlParser(): Promise<ParseStatement> {
  // Only parse: this library's fingerprint and normalize hand back some scanner errors as if they were results.
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  return (sql) => {
    try {
      const statements = parseSync(sql).stmts ?? [];
      return statements.length === 1 ? postgresqlQuery(statements[0]?.stmt) : null;
    } catch {
      return null;
    }
  };
}

const polyglot_names: Readonly<Record<Dialect, string>> = {
  postgresql: 'postgresql',
  mysql: 'mysql',
  oracle: 'oracle',
  sqlserver: 'tsql',
  dremio: 'dremio',
};

/** Exported for the test that holds the two parsers against each other. */
export async function polyglotParser(dialect: Dialect): Promise<ParseStatement> {
  const { init, parse } = await import('@polyglot-sql/sdk');
  await init();
  const name = polyglot_names[dialect] as PolyglotDialect;
  return (sql) => {
    const { success, ast } = parse(sql, name);
    if (!success) return null;
    const statements = Array.isArray(ast) ? (ast as readonly unknown[]) : [ast];
    return statements.length === 1 ? polyglotQuery(statements[0], dialect) : null;
  };
}

const dml = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/**
 * True when PostgreSQL's own grammar reads `sql` as exactly one SELECT, VALUES, INSERT, UPDATE, DELETE or MERGE. Ask
 * before putting EXPLAIN in front of a text and sending it over the simple protocol, which would run a second statement.
 */
export async function statementIsSingleDml(sql: string): Promise<boolean> {
  if (sql.includes('\0')) return false;
  const { loadModule, parseSync } = await import('libpg-query');
  await loadModule();
  try {
    const statements = parseSync(sql).stmts ?? [];
    const tag = taggedOf(nodeOf(statements[0])?.['stmt'])?.[0] ?? '';
    return statements.length === 1 && dml.has(tag);
  } catch {
    return false;
  }
}
