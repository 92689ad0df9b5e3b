import type { SpellingRule } from '../../testing/relational/spelling.js';
import type { TypeOf } from '../../testing/relational/tables.js';

/** What PostgreSQL cannot read of Oracle's SQL. Everything else runs as it is written. */
export const oracle_spelling: readonly SpellingRule[] = [
  { pattern: /\bSYSTIMESTAMP\b/gi, replacement: 'now()' },
  { pattern: /\bSYSDATE\b/gi, replacement: 'localtimestamp' },
];

/** Functions and tables that Oracle always has. `test.context` says what SYS_CONTEXT answers, by lower-case name. */
export const oracle_setup: readonly string[] = [
  'CREATE TABLE dual AS SELECT 1 AS dummy',
  'GRANT SELECT ON dual TO PUBLIC',
  'CREATE FUNCTION to_char(numeric) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT $1::text $$',
  `CREATE FUNCTION sys_context(text, text) RETURNS text LANGUAGE sql STABLE AS $$
     SELECT CASE $2 WHEN 'SESSION_USER' THEN upper(session_user::text)
       ELSE current_setting('test.' || lower($2), true) END $$`,
  `CREATE FUNCTION numtodsinterval(numeric, text) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
     SELECT make_interval(secs => $1::double precision) $$`,
];

const types: readonly (readonly [RegExp, string])[] = [
  [/^NUMBER/, 'numeric'],
  [/^(VARCHAR2|CHAR|CLOB|LONG)/, 'text'],
  [/^TIMESTAMP\(\d\)$/, 'timestamp'],
  [/^DATE$/, 'timestamp'],
  [/^INTERVAL DAY/, 'interval'],
  [/^RAW/, 'bytea'],
];

export const oracleTypeOf: TypeOf = (native) => {
  const found = types.find(([pattern]) => pattern.test(native));
  if (found === undefined) throw new Error(`no type of PostgreSQL for "${native}"`);
  return found[1];
};
