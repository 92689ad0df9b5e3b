import type { PlanNode } from '@plumbline/contracts';
import { hasParameters, readingHalf } from './explainable.js';
import { planTree } from './plan-tree.js';
import { denied_codes, errorCode, passing_codes } from './source-error.js';
import { isAtLeast, type Query, type ServerFacts } from './source.js';
import { tableNames, type TableNames } from './table-names.js';

/** A plan, or why there is none: never the server's message, which may quote the statement. */
export type Explained =
  | { readonly plan: PlanNode }
  /** `is_passing`: a lock or a timeout, worth asking again. */
  | { readonly reason: string; readonly is_passing: boolean };

/**
 * The estimated plan of one sampled statement, with the values of the sample: neither family plans without values.
 * Nothing is executed but what the planner itself reads (a table of one row, a subquery of constants); the session is
 * read-only and has its timeouts. Throws when the connection broke.
 */
export async function explain(
  query: Query,
  facts: ServerFacts,
  sample: string,
  redact: (fragment: string) => string,
): Promise<Explained> {
  const sql = readingHalf(sample);
  if (sql === undefined) return { reason: nothing_read, is_passing: false };
  if (hasParameters(sql)) return { reason: no_values, is_passing: false };
  try {
    const [row] = await query(`EXPLAIN FORMAT=JSON ${sql}`);
    const plan = planTree(jsonOf(row?.text('EXPLAIN') ?? ''), await namesOf(query, facts, sql), redact);
    return plan === undefined ? { reason: 'the plan has an unknown shape', is_passing: false } : { plan };
  } catch (error) {
    const code = errorCode(error);
    if (!/^\d+$/.test(code)) throw error;
    if (passing_codes.has(code)) return { reason: 'a table was locked, or planning took too long', is_passing: true };
    const reason = denied_codes.has(code) ? no_grant : (reasons[code] ?? `the planner refused it with error ${code}`);
    return { reason, is_passing: false };
  }
}

export const nothing_read = 'it reads no table';
const no_values = 'it was prepared: its sample has parameters and no values to plan with';
const no_grant = 'SELECT on one of its tables (and SHOW VIEW on a view) is missing';

const reasons: Readonly<Record<string, string>> = {
  '1046': 'it names no schema, and its session had none',
  '1049': 'its schema is not there',
  '1054': 'a column is not there',
  '1064': 'the sampled text is not a whole statement',
  '1146': 'a table is not there (dropped, or temporary)',
  '1305': 'a function is not there',
  '1356': 'a view of it is not valid',
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The second format of MySQL names tables itself; else the statement as the server rewrote it tells them. */
async function namesOf(query: Query, facts: ServerFacts, sql: string): Promise<TableNames> {
  if (isAtLeast(facts, 'mysql', '8.3')) return new Map();
  if (facts.family === 'mariadb') await query(`EXPLAIN EXTENDED ${sql}`);
  const notes = await query('SHOW WARNINGS');
  return tableNames(
    notes
      .filter((row) => row.text('Code') === '1003')
      .map((row) => row.text('Message'))
      .join(' '),
  );
}
