import { aspect_ok, type AspectName, type AspectOutcome, type Checkup } from '@plumbline/contracts';
import { aspects, files_of } from './aspects.js';
import { fitted, viewsOf } from './fitted.js';
import { grantsOf } from './grants.js';
import { packDenied, type History } from './licence.js';
import type { OracleOptions } from './options.js';
import { key, place, shaped } from './fields.js';
import { quoted, statement, type Source } from './source.js';

/** Everything that must be so for a whole answer, each with the line that makes it so. */
export async function checkup(source: Source, options: OracleOptions, history: History): Promise<readonly Checkup[]> {
  const { facts } = source;
  const user = quoted(facts.user_name);
  return [
    { aspect: 'connection', outcome: { ...aspect_ok, message: `Oracle Database ${facts.server_version}` } },
    {
      aspect: 'connection',
      outcome: unless(
        !/^(SYS|SYSTEM)$/.test(facts.user_name),
        `${user} is an administrator: far more than is needed`,
        'CREATE USER plumbline IDENTIFIED BY "…"; GRANT CREATE SESSION TO plumbline; then the grants named here',
      ),
    },
    ...licenceChecks(source, options, history),
    ...aspects.map(({ name }) => ({ aspect: name, outcome: grantsFor(name, source, history) })),
    ...(history === 'awr' ? await snapshotChecks(source, options) : []),
    { aspect: 'indexes', outcome: usageCheck(source) },
    {
      aspect: 'plans',
      outcome: {
        state: 'degraded',
        message: 'index advice cannot be proven: Oracle has no way to imagine an index without DDL',
        fix: 'Nothing to do; a DBA may try an index INVISIBLE before it is used',
      },
    },
  ];
}

const unless = (is_so: boolean, message: string, fix: string): AspectOutcome =>
  is_so ? aspect_ok : { state: 'degraded', message, fix };

function licenceChecks({ facts }: Source, options: OracleOptions, history: History): Checkup[] {
  const denied = packDenied(facts, options);
  if (denied === undefined) {
    return [{ aspect: 'statements', outcome: { ...aspect_ok, message: `read from ${sources[history]}` } }];
  }
  // Without the licence the other sources are a full answer, only without the history that AWR keeps.
  const state = history === 'awr' ? 'denied' : 'degraded';
  return [
    {
      aspect: 'statements',
      outcome: { ...denied, state, message: `read from ${sources[history]}: ${denied.message}` },
    },
  ];
}

const sources: Readonly<Record<History, string>> = {
  awr: 'AWR',
  cursors: 'the cursor cache (GV$SQLSTATS)',
  statspack: 'Statspack (PERFSTAT)',
};

function grantsFor(aspect: AspectName, { dictionary, facts }: Source, history: History): AspectOutcome {
  const files = files_of[aspect]?.[history] ?? [];
  const views = new Set(files.flatMap((file) => viewsOf(fitted(statement(file), dictionary))));
  const missing = [...views].filter((view) => !dictionary.canRead(view));
  if (missing.length === 0) return aspect_ok;
  return {
    state: 'denied',
    message: `${quoted(facts.user_name)} may not read ${missing.join(', ')}`,
    fix: grantsOf(missing, facts.user_name) + installHint(missing),
  };
}

const installHint = (missing: readonly string[]): string =>
  missing.some((view) => view.startsWith('PERFSTAT.')) ? '; if it is not installed: @?/rdbms/admin/spcreate.sql' : '';

const usageCheck = ({ dictionary, facts }: Source): AspectOutcome =>
  unless(
    dictionary.canRead('DBA_INDEX_USAGE'),
    'uses of indexes are not counted: DBA_INDEX_USAGE cannot be read or is not there (before 12.2)',
    grantsOf(['DBA_INDEX_USAGE'], facts.user_name),
  );

async function snapshotChecks(source: Source, options: OracleOptions): Promise<Checkup[]> {
  if (!source.dictionary.canRead('DBA_HIST_SNAPSHOT')) return [];
  const { facts } = source;
  const dbid = options.awr_scope === 'pdb' ? facts.con_dbid : facts.dbid;
  const { rows } = await source.read(async (query) =>
    shaped(await query('awr-imported.sql'), { dbid: key, snapshots: place }),
  );
  const others = rows.filter((row) => row.dbid !== dbid && row.dbid !== facts.con_dbid && row.dbid !== facts.dbid);
  return [
    {
      aspect: 'statements',
      outcome: unless(
        rows.some((row) => row.dbid === dbid),
        `AWR has no snapshots of DBID ${dbid}`,
        facts.is_pluggable
          ? 'ALTER SYSTEM SET AWR_PDB_AUTOFLUSH_ENABLED = TRUE, or set options: { awr_scope: root } for this instance'
          : "ALTER SYSTEM SET STATISTICS_LEVEL = 'TYPICAL'",
      ),
    },
    ...others.map((row): Checkup => ({
      aspect: 'statements',
      outcome: {
        ...aspect_ok,
        message: `${row.snapshots} snapshots of DBID ${row.dbid} are another database’s (imported or cloned) and are left out`,
      },
    })),
  ];
}
