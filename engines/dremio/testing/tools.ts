import { instanceId, type ConnectionTarget, type Engine } from '@plumbline/contracts';
import { advancingTools, type AdvancingTools } from '../../testing/collect-tools.js';
import { openConnection } from '../connection.js';
import { engine } from '../index.js';
import { default_options, type DremioOptions, type Pace } from '../options.js';
import { cloud_token, password, project_id, type DremioStandIn } from './stand-in.js';

/** For tests: what the collector lends this engine. */
export const collectTools = (): AdvancingTools => advancingTools('dremio');

/** Time that passes only by waiting, and how long was waited each time. */
export function quickPace(): Pace & { readonly waits_ms: number[] } {
  let now_ms = 0;
  const waits_ms: number[] = [];
  return {
    waits_ms,
    now_ms: () => now_ms,
    wait: (ms) => {
      waits_ms.push(ms);
      now_ms += ms;
      return Promise.resolve();
    },
  };
}

/** The stand-in is at 127.0.0.1 for Software and at localhost for Cloud: the host is what tells the editions apart. */
export const targetOf = (stand_in: DremioStandIn, over: Partial<ConnectionTarget> = {}): ConnectionTarget => ({
  ...(stand_in.options.edition === 'cloud'
    ? {
        host: 'localhost',
        database_name: project_id,
        user_name: '$token',
        password: cloud_token,
        tls: 'verify' as const,
      }
    : { host: '127.0.0.1', database_name: 'dremio', user_name: 'monitor', password, tls: 'off' as const }),
  ...{ instance_id: instanceId('lake'), port: stand_in.port },
  ...over,
});

export const testOptions = (over: Partial<DremioOptions> = {}): DremioOptions => ({
  ...{ ...default_options, cloud_domains: ['localhost'], cloud_interval_s: 0, pace: quickPace() },
  ...over,
});

/** The engine as it is, but quick and with localhost as the Cloud. */
export const testEngine = (over: Partial<DremioOptions> = {}): Engine => ({
  ...engine,
  connect: (target) => openConnection(target, testOptions(over)),
});
