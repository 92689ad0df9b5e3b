import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { quoted, type ServerFacts } from '../source.js';
import type { Extension, StatementsAnswer } from './statements-read.js';

const preload_fix =
  "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements' (keep what is already listed), restart the server";

export const extensionMissing = (facts: ServerFacts): AspectOutcome => ({
  state: 'unsupported',
  message: `the extension pg_stat_statements is not installed in database "${facts.database_name}"`,
  fix: `${preload_fix}, then in database ${quoted(facts.database_name)}: CREATE EXTENSION pg_stat_statements`,
});

export const notPreloaded: AspectOutcome = {
  state: 'unsupported',
  message: 'pg_stat_statements is installed but not loaded at server start, so it counts nothing',
  fix: preload_fix,
};

export const extensionTooOld = (extension: Extension): AspectOutcome => ({
  state: 'unsupported',
  message: `pg_stat_statements ${extension.version} is older than 1.8`,
  fix: 'ALTER EXTENSION pg_stat_statements UPDATE',
});

export const isExtensionBehind = (extension: Extension): boolean =>
  extension.available_version !== null && extension.available_version !== extension.version;

/** @param held statements whose text the server has lost (its text file was damaged) */
export function outcomeOf(
  extension: Extension,
  answer: StatementsAnswer,
  facts: ServerFacts,
  held: number,
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
  if (held > 0) {
    return {
      state: 'degraded',
      message: `the server has lost the text of ${held} statements; what they did is held back until it is known`,
      fix: 'SELECT pg_stat_statements_reset() as a superuser, when losing the counters is acceptable',
    };
  }
  return aspect_ok;
}
