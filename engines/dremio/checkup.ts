import { aspect_ok, type AspectOutcome, type Checkup } from '@plumbline/contracts';
import { historyOf } from './collect/history.js';
import { DremioError } from './source-error.js';
import { granteeOf, type Source } from './source.js';

const checkup_timeout_ms = 240_000;

/** Everything that must be so for a whole answer, each with the line that makes it so. */
export async function checkup(source: Source): Promise<readonly Checkup[]> {
  const abort = AbortSignal.timeout(checkup_timeout_ms);
  const outcomes: Checkup[] = [connected(source), ...securityOf(source)];
  // One after the other: on Cloud the first may have to wake an engine for all.
  outcomes.push({ aspect: 'runs', outcome: await historyOutcome(source, abort) });
  const { system } = source.facts.edition;
  for (const [aspect, table, privilege] of tables_by_aspect)
    outcomes.push({ aspect, outcome: await tableOutcome(source, table.replace('{system}', system), privilege, abort) });
  return [...outcomes, { aspect: 'plans', outcome: plansOutcome(source) }];
}

const tables_by_aspect = [
  ['reflections', '{system}reflections', 'VIEW REFLECTION'],
  ['tables', 'INFORMATION_SCHEMA."TABLES"', ''],
  ['schema', 'INFORMATION_SCHEMA."COLUMNS"', ''],
  ['settings', '{system}options', ''],
] as const;

/** What a login sends over a connection that others may read or answer. */
function securityOf(source: Source): Checkup[] {
  const { edition, tls } = source.facts;
  if (edition.id === 'cloud' || tls === 'verify') return [];
  const outcome: AspectOutcome =
    tls === 'off'
      ? {
          state: 'degraded',
          message: 'the password goes over the network without TLS',
          fix: 'Turn TLS on in dremio.conf (services.coordinator.web.ssl.enabled: true), then set tls: verify',
        }
      : {
          state: 'degraded',
          message: 'the certificate of the server is not checked: the password may go to somebody else',
          fix: 'Set tls: verify, with tls_ca_file when the authority is your own',
        };
  return [{ aspect: 'connection', outcome }];
}

async function tableOutcome(
  source: Source,
  table: string,
  privilege: string,
  abort: AbortSignal,
): Promise<AspectOutcome> {
  return outcomeOfAsking(async () => {
    if ((await source.columns(table, abort)).size > 0) return aspect_ok;
    const place = source.facts.edition.id === 'cloud' ? 'PROJECT' : 'SYSTEM';
    const grant = `GRANT ${privilege} ON ${place} TO USER ${granteeOf(source.facts)}`;
    return {
      state: privilege === '' ? 'unsupported' : 'denied',
      message: `${table} is not shown to this user`,
      fix: privilege === '' ? 'Make the user an administrator; on Dremio Cloud there is nothing to do' : grant,
    };
  });
}

/** Whether profiles may be read is known only when one is: here only what is impossible is told. */
function plansOutcome(source: Source): AspectOutcome {
  if (source.options.profiles_per_reading === 0) {
    return { state: 'degraded', message: 'plans are switched off', fix: 'Set options.profiles_per_reading above 0' };
  }
  return source.facts.edition.has_profiles
    ? aspect_ok
    : {
        state: 'degraded',
        message: 'Dremio Cloud gives no profiles: plans are estimates of EXPLAIN, without what really happened',
        fix: 'For one run download its profile from the job page of Dremio Cloud',
      };
}

function connected(source: Source): Checkup {
  const { edition, server_version } = source.facts;
  const message = `${edition.label} ${server_version}`.trim();
  return { aspect: 'connection', outcome: { ...aspect_ok, message } };
}

async function historyOutcome(source: Source, abort: AbortSignal): Promise<AspectOutcome> {
  return outcomeOfAsking(async () => {
    const history = await historyOf(source, abort);
    if (history !== undefined) return aspect_ok;
    return {
      state: 'unsupported',
      message: `no history of jobs: ${source.facts.edition.history.map(({ name }) => name).join(', ')} cannot be read`,
      fix:
        source.facts.edition.id === 'cloud'
          ? `GRANT VIEW JOB HISTORY ON PROJECT TO USER ${granteeOf(source.facts)}`
          : 'Upgrade to Dremio 24 or later',
    };
  });
}

async function outcomeOfAsking(ask: () => Promise<AspectOutcome>): Promise<AspectOutcome> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof DremioError)) throw error;
    return { state: error.reason === 'denied' ? 'denied' : 'degraded', message: error.message, fix: error.fix };
  }
}
