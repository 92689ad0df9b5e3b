import { instanceId, type CollectTools, type ConnectionTarget } from '@plumbline/contracts';
import { toolsAt } from '../../testing/collect-tools.js';

/** What the collector lends an engine, with a clock that tests set. */
export interface TestTools extends CollectTools {
  set(now: Date): void;
}

export function collectTools(): TestTools {
  let now: Date | undefined;
  return {
    ...toolsAt('sqlserver', () => now ?? new Date()),
    set: (at) => {
      now = at;
    },
  };
}

export const target = (over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...{ instance_id: instanceId('test'), host: '127.0.0.1', port: 1433, database_name: 'master' },
  ...{ user_name: 'monitor', password: '', tls: 'off' },
  ...over,
});

/** Where the clocks of the tests begin. */
export const noon = new Date('2026-11-20T12:00:00Z');
export const after = (minutes: number): Date => new Date(noon.getTime() + minutes * 60_000);
