import type { Engine, InstanceConfig } from '@plumbline/contracts';
import { ProblemError, SourceError } from '@plumbline/contracts';
import type { Instances } from './credentials/instances.js';
import { errorText } from './logging.js';
import { connectionTarget } from './what-if.js';

/** One thing that must be so, and how to make it so. */
export interface CheckupLine {
  readonly aspect: string;
  readonly state: string;
  readonly message: string;
  readonly fix: string;
}

/** Connects, asks everything the engine checks, and disconnects. Never throws for what is wrong at the source. */
export async function checkInstance(
  config: InstanceConfig,
  engines: readonly Engine[],
  instances: Pick<Instances, 'password'>,
): Promise<readonly CheckupLine[]> {
  const engine = engines.find(({ id }) => id === config.engine);
  if (engine === undefined) {
    return [failedConnection(`no engine ${config.engine}`, `Use one of ${engines.map(({ id }) => id).join(', ')}.`)];
  }
  try {
    const connection = await engine.connect(await connectionTarget(config, engine, instances));
    try {
      const checkups = await connection.checkup();
      return checkups.map(({ aspect, outcome }) => ({ aspect, ...outcome }));
    } finally {
      await connection.close();
    }
  } catch (error) {
    return failures(error);
  }
}

function failures(error: unknown): readonly CheckupLine[] {
  if (error instanceof SourceError) return [failedConnection(error.message, error.fix)];
  if (error instanceof ProblemError) {
    return error.problems.map(({ field, message, mend }) => failedConnection(`${field}: ${message}`, mend));
  }
  return [failedConnection(errorText(error), 'This is not a known failure: see the log, and report it.')];
}

const failedConnection = (message: string, fix: string): CheckupLine => ({
  aspect: 'connection',
  state: 'failed',
  message,
  fix,
});
