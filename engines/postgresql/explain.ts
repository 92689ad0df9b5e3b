import { statementIsSingleDml } from '@plumbline/sql';
import { parameterCount, readingHalf, repaired } from './explainable.js';
import type { ExplainNode } from './plan-tree.js';
import { sqlstateOf } from './source-error.js';
import type { Query } from './source.js';

/** A plan, or why there is none: never the server's message, which may quote the statement. */
export type Explained =
  | { readonly plan: ExplainNode }
  /**
   * `is_passing`: a lock or a timeout, worth asking again. `reason` '': nothing to mend, because even planning an INSERT
   * or MERGE asks for the right to write, which a role that only watches is not to have.
   */
  | { readonly reason: string; readonly is_passing: boolean };

/**
 * The estimated plan of one statement with `$n`, nothing executed. 16+: GENERIC_PLAN, which works only over the simple
 * protocol (with values the extended one folds the NULLs into an empty plan). Before: a forced generic plan of a
 * prepared statement. The simple protocol runs whatever follows a semicolon, so a parser must first find exactly one
 * SELECT, INSERT, UPDATE, DELETE or MERGE.
 */
export async function explain(query: Query, major: number, text: string): Promise<Explained> {
  const sql = readingHalf(text) ?? text;
  let reason = 'not one SELECT, INSERT, UPDATE, DELETE or MERGE';
  for (const candidate of new Set([sql, repaired(sql)])) {
    if (!(await statementIsSingleDml(candidate))) continue;
    await query('SAVEPOINT plan');
    try {
      const plan = major >= 16 ? await genericPlan(query, candidate) : await preparedPlan(query, candidate);
      await query('ROLLBACK TO plan');
      return { plan };
    } catch (error) {
      const code = sqlstateOf(error);
      if (code === '' || /^(57P|08|ECONN)/.test(code)) throw error;
      await query('ROLLBACK TO plan');
      if (passing.has(code)) return { reason: reasons[code] ?? '', is_passing: true };
      reason = reasonFor(code, candidate);
    }
  }
  return { reason, is_passing: false };
}

function reasonFor(code: string, sql: string): string {
  if (code === '42501' && /^\s*(insert|merge)\b/i.test(sql)) return '';
  return reasons[code] ?? `the planner refused it with error ${code}`;
}

const passing: ReadonlySet<string> = new Set(['55P03', '57014']);

const reasons: Readonly<Record<string, string>> = {
  '42501': 'SELECT on one of its tables is missing: GRANT SELECT ON the table TO the role, or GRANT pg_read_all_data',
  '42P01': 'a table is not there (dropped, temporary, or not on the search_path)',
  '42703': 'a column is not there',
  '42P18': 'the type of a parameter cannot be told from the text',
  '42601': 'the text with its literals removed is not valid SQL',
  '42883': 'a function or operator is not there for these types',
  '55P03': 'a table was locked',
  '57014': 'planning took longer than 5 s',
};

interface ExplainRow {
  readonly 'QUERY PLAN': readonly { readonly Plan: ExplainNode }[];
}

async function genericPlan(query: Query, sql: string): Promise<ExplainNode> {
  return planOf(await query<ExplainRow>(`EXPLAIN (GENERIC_PLAN, VERBOSE, FORMAT JSON) ${sql}`));
}

async function preparedPlan(query: Query, sql: string): Promise<ExplainNode> {
  await query('SET LOCAL plan_cache_mode = force_generic_plan');
  await query(`PREPARE plumbline_plan AS ${sql}`);
  try {
    const nulls = Array.from({ length: parameterCount(sql) }, () => 'NULL').join(', ');
    const execute = nulls === '' ? 'plumbline_plan' : `plumbline_plan(${nulls})`;
    return planOf(await query<ExplainRow>(`EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE ${execute}`));
  } catch (error) {
    // DEALLOCATE is refused in a failed transaction; the caller rolls back to its savepoint first.
    await query('ROLLBACK TO plan');
    throw error;
  } finally {
    await query('DEALLOCATE plumbline_plan');
  }
}

function planOf(rows: readonly ExplainRow[]): ExplainNode {
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
  if (plan === undefined) throw new Error('EXPLAIN gave no plan');
  return plan;
}
