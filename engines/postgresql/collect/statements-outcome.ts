import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { sqlstateOf } from '../source-error.js';
import { quoted, type Query, type ServerFacts } from '../source.js';
import { minorVersion, oldest_minor, readExtension, type Extension, type StatementsAnswer } from './statements-read.js';

const preload_fix =
  "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements' (keep what is already listed), restart the server";

const extensionMissing = (facts: ServerFacts): AspectOutcome => ({
  state: 'unsupported',
  message: `the extension pg_stat_statements is not installed in database "${facts.database_name}"`,
  fix: `${preload_fix}, then in database ${quoted(facts.database_name)}: CREATE EXTENSION pg_stat_statements`,
});

const notPreloaded: AspectOutcome = {
  state: 'unsupported',
  message: 'pg_stat_statements is installed but not loaded at server start, so it counts nothing',
  fix: preload_fix,
};

const extensionTooOld = (extension: Extension): AspectOutcome => ({
  state: 'unsupported',
  message: `pg_stat_statements ${extension.version} is older than 1.8`,
  fix: 'ALTER EXTENSION pg_stat_statements UPDATE',
});

const isExtensionBehind = (extension: Extension): boolean =>
  extension.available_version !== null && extension.available_version !== extension.version;

/** What reading texts showed: statements without one, why there is none at all, and texts with broken bytes. */
export interface TextsSeen {
  readonly held: number;
  readonly hindrance: AspectOutcome | undefined;
  readonly damaged: number;
}

export function outcomeOf(
  extension: Extension,
  answer: StatementsAnswer,
  facts: ServerFacts,
  { held, hindrance, damaged }: TextsSeen = { held: 0, hindrance: undefined, damaged: 0 },
): AspectOutcome {
  const hidden = answer.rows.filter((raw) => raw.queryid === null).length;
  if (hidden > 0) {
    return {
      state: 'denied',
      message: `${hidden} of ${answer.rows.length} statements are hidden from "${facts.user_name}": they belong to other users`,
      fix: `GRANT pg_read_all_stats TO ${quoted(facts.user_name)}`,
    };
  }
  if (isExtensionBehind(extension)) {
    return {
      state: 'degraded',
      message: `pg_stat_statements is at ${extension.version}, the server has ${extension.available_version ?? ''}: newer columns are missing`,
      fix: 'ALTER EXTENSION pg_stat_statements UPDATE',
    };
  }
  if (hindrance !== undefined) {
    return { ...hindrance, message: `${hindrance.message}; what ${held} new statements did is held back until then` };
  }
  if (held > 0) {
    return {
      state: 'degraded',
      message: `the server has lost the text of ${held} statements; what they did is held back until it is known`,
      fix: 'SELECT pg_stat_statements_reset() as a superuser, when losing the counters is acceptable',
    };
  }
  if (damaged > 0) {
    return {
      state: 'degraded',
      message: `the texts of ${damaged} statements have bytes that are not UTF-8; they stand as U+FFFD`,
      fix: 'Let the application send UTF-8: set its client_encoding, and move its database from SQL_ASCII to UTF8',
    };
  }
  return aspect_ok;
}

/** What `work` gives when pg_stat_statements can be asked; else why not and what mends it. */
export async function withStatements<T>(
  query: Query,
  facts: ServerFacts,
  work: (extension: Extension) => Promise<T>,
): Promise<{ readonly answer: T } | { readonly unable: AspectOutcome }> {
  const extension = await readExtension(query);
  if (extension === undefined) return { unable: extensionMissing(facts) };
  if (minorVersion(extension) < oldest_minor) return { unable: extensionTooOld(extension) };
  try {
    return { answer: await work(extension) };
  } catch (error) {
    if (sqlstateOf(error) === '55000') return { unable: notPreloaded };
    throw error;
  }
}
