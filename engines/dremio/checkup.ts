import { aspect_ok, type AspectOutcome, type Checkup } from '@plumbline/contracts';
import { historyOf } from './collect/history.js';
import { DremioError } from './source-error.js';
import { granteeOf, type Source } from './source.js';

const checkup_timeout_ms = 240_000;

/** Everything that must be so for a whole answer, each with the line that makes it so. */
export async function checkup(source: Source): Promise<readonly Checkup[]> {
  const abort = AbortSignal.timeout(checkup_timeout_ms);
  return [connected(source), { aspect: 'runs', outcome: await historyOutcome(source, abort) }];
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
