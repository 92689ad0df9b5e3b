import { ProblemError } from '@plumbline/contracts';
import type { Problem } from '@plumbline/contracts';
import type { Config } from './config/schema.js';

/** What a process does of the whole: one process does it all, or several share it over Kafka and a ClickHouse server. */
export const process_roles = ['all', 'collector', 'sink', 'analytics', 'api'] as const;
export type ProcessRole = (typeof process_roles)[number];

export interface Duties {
  /** Reads instances into an outbox and delivers from there. */
  readonly collects: boolean;
  /** Takes batches from the bus into the store. */
  readonly stores: boolean;
  /** Runs the analytics jobs. */
  readonly judges: boolean;
  /** Answers the whole API; the others answer health, readiness and metrics on its port. */
  readonly serves: boolean;
}

const none: Duties = { collects: false, stores: false, judges: false, serves: false };

export const duties: Readonly<Record<ProcessRole, Duties>> = {
  all: { collects: true, stores: true, judges: true, serves: true },
  collector: { ...none, collects: true },
  sink: { ...none, stores: true },
  analytics: { ...none, judges: true },
  api: { ...none, serves: true },
};

/** @throws ProblemError when processes of this role could not meet the others. */
export function checkRole(role: ProcessRole, config: Pick<Config, 'bus' | 'store'>): void {
  if (role === 'all') return;
  const problems: Problem[] = [];
  if (config.bus.uri.startsWith('memory:')) {
    problems.push({
      where: `role ${role}`,
      field: 'bus.uri',
      message: 'memory: ends with the process, so the other roles would never meet this one',
      mend: 'Set kafka://host:port,host:port/prefix, or run all roles in one process: plumbline start.',
    });
  }
  if (!isServer(config)) {
    problems.push({
      where: `role ${role}`,
      field: 'store.uri',
      message: 'an embedded store is open in one process only, so the other roles could not share it',
      mend: 'Set http(s)://user:password@host:port/database, or run all roles in one process: plumbline start.',
    });
  }
  if (problems.length > 0) throw new ProblemError(problems);
}

/** A store that several processes may have open. */
export const isServer = ({ store }: Pick<Config, 'store'>): boolean => /^https?:/.test(store.uri ?? '');
