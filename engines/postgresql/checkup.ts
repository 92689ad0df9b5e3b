import { aspect_ok, type AspectOutcome, type Checkup } from '@plumbline/contracts';
import { quoted, type Query, type Source } from './source.js';
import { outcomeOf, withStatements } from './collect/statements-outcome.js';
import { readStatements } from './collect/statements-read.js';

interface Facts {
  readonly can_read_stats: boolean;
  readonly can_read_settings: boolean;
  readonly tables: number;
  readonly readable_tables: number;
  readonly io_timing: string;
  readonly track: string | null;
  readonly hypopg: boolean;
}

const facts_sql = `SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS can_read_stats,
  pg_has_role('pg_read_all_settings', 'USAGE') AS can_read_settings,
  count(*)::int AS tables, (count(*) FILTER (WHERE has_table_privilege(oid, 'SELECT')))::int AS readable_tables,
  current_setting('track_io_timing') AS io_timing, current_setting('pg_stat_statements.track', true) AS track,
  EXISTS (SELECT FROM pg_extension WHERE extname = 'hypopg') AS hypopg
FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace NOT IN
  (SELECT oid FROM pg_namespace WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')`;

/** Everything that must be so for a whole answer, each with the line that makes it so. */
export async function checkup(source: Source): Promise<readonly Checkup[]> {
  return source.read('fast', async (query) => {
    const [facts] = await query<Facts>(facts_sql);
    if (facts === undefined) throw new Error('the server does not tell its settings');
    const user = quoted(source.facts.user_name);
    const unless = (is_so: boolean, state: AspectOutcome['state'], message: string, fix: string): AspectOutcome =>
      is_so ? aspect_ok : { state, message, fix };
    return [
      { aspect: 'connection', outcome: { ...aspect_ok, message: `PostgreSQL ${source.facts.server_version}` } },
      {
        aspect: 'connection',
        outcome: unless(
          !source.facts.is_superuser,
          'degraded',
          `${user} is a superuser: more than is needed, and planning can run user functions`,
          `CREATE ROLE plumbline LOGIN CONNECTION LIMIT 8; GRANT pg_monitor TO plumbline`,
        ),
      },
      { aspect: 'statements', outcome: await statementsOutcome(query, source) },
      {
        aspect: 'statements',
        outcome: unless(
          facts.track !== 'none',
          'degraded',
          'pg_stat_statements.track is none: nothing is counted',
          `ALTER SYSTEM SET pg_stat_statements.track = 'top'; SELECT pg_reload_conf()`,
        ),
      },
      {
        aspect: 'statements',
        outcome: unless(
          facts.io_timing === 'on',
          'degraded',
          'track_io_timing is off: I/O times are 0',
          'ALTER SYSTEM SET track_io_timing = on; SELECT pg_reload_conf()',
        ),
      },
      {
        aspect: 'activity',
        outcome: unless(
          facts.can_read_stats,
          'denied',
          'sessions of other users are hidden',
          `GRANT pg_read_all_stats TO ${user}`,
        ),
      },
      {
        aspect: 'settings',
        outcome: unless(
          facts.can_read_settings,
          'degraded',
          'some settings are hidden',
          `GRANT pg_read_all_settings TO ${user}`,
        ),
      },
      {
        aspect: 'plans',
        outcome: unless(
          facts.readable_tables === facts.tables,
          'degraded',
          `SELECT is missing on ${facts.tables - facts.readable_tables} of ${facts.tables} tables: no plans and no column statistics for them`,
          `GRANT pg_read_all_data TO ${user} (14+), or GRANT SELECT on the tables`,
        ),
      },
      {
        aspect: 'plans',
        outcome: unless(
          facts.hypopg,
          'degraded',
          'HypoPG is not installed: index advice cannot be proven',
          `apt-get install postgresql-${source.facts.major}-hypopg; CREATE EXTENSION hypopg`,
        ),
      },
    ] satisfies Checkup[];
  });
}

async function statementsOutcome(query: Query, source: Source): Promise<AspectOutcome> {
  await query('SAVEPOINT statements');
  const asked = await withStatements(query, source.facts, async (extension) => {
    const answer = await readStatements(query, extension);
    return BigInt(answer.dealloc) > 0n ? wasFull(answer.dealloc) : outcomeOf(extension, answer, source.facts);
  });
  await query('ROLLBACK TO statements');
  return 'unable' in asked ? asked.unable : asked.answer;
}

const wasFull = (dealloc: string): AspectOutcome => ({
  state: 'degraded',
  message: `pg_stat_statements was full ${dealloc} times and dropped statements: sums are a lower bound`,
  fix: 'ALTER SYSTEM SET pg_stat_statements.max = 10000, restart the server',
});
