import type { ServerFacts } from './source.js';
import { isAtLeast } from './source.js';

/** What every statement of ours begins with, to be seen in the process list. Digests keep no comment. */
export const marker = '/* plumbline */';
/** A column name in every SELECT of ours: what is left of a statement in its digest. */
const own_column = 'plumbline_own';

/** What one reading may take of the source, at most. */
export const statement_timeout_s = 5;
export const lock_timeout_s = 2;

/** The statement as it is sent: marked for the process list, and for its own digest. */
export const marked = (sql: string): string => `${marker} ${sql.replace(/^SELECT\b/, `SELECT 1 AS ${own_column},`)}`;

/**
 * Sent once per connection. MariaDB counts its timeout in seconds and has other names for what a transaction may do;
 * MySQL's holds for SELECT only. EXPLAIN is pinned to the format that names real tables instead of aliases.
 */
export function sessionSetup(facts: ServerFacts): string {
  const limits =
    facts.family === 'mariadb'
      ? [`max_statement_time = ${statement_timeout_s}`, 'tx_read_only = 1', `tx_isolation = 'READ-COMMITTED'`]
      : [
          `max_execution_time = ${statement_timeout_s * 1000}`,
          'transaction_read_only = 1',
          `transaction_isolation = 'READ-COMMITTED'`,
        ];
  const explain = isAtLeast(facts, 'mysql', '8.3') ? ['explain_json_format_version = 2'] : [];
  return `SET ${[
    ...setup_begin,
    `lock_wait_timeout = ${lock_timeout_s}`,
    `innodb_lock_wait_timeout = ${lock_timeout_s}`,
    'group_concat_max_len = 65536',
    ...limits,
    ...explain,
  ]
    .map((setting) => `SESSION ${setting}`)
    .join(', ')}`;
}

const setup_begin = [`time_zone = '+00:00'`, 'autocommit = 1'];
const own_setup = 'set session time_zone = ?, session autocommit = ?, session lock_wait_timeout = ?';
const own_words = new RegExp(`\\b${own_column}\\b`);
/** EXPLAIN cannot carry a mark. One that a person runs is left out too: it executes nothing. */
const own_begins = ['explain format = json ', 'explain extended ', own_setup, 'show warnings'];

/** Whether this template is of a statement that Plumbline itself sent, from this process or another. */
export const isOwn = (template: string): boolean =>
  own_words.test(template) || own_begins.some((begin) => template.startsWith(begin));
