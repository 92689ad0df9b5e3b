import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { fleetDashboard } from './fleet.js';
import { healthDashboard } from './health.js';
import { instanceDashboard } from './instance.js';
import { queryDashboard } from './query.js';
import { recommendationsDashboard } from './recommendations.js';
import { waitsDashboard } from './waits.js';
import { workloadDashboard } from './workload.js';

/** Every dashboard by its file's name. */
export const dashboards: ReadonlyMap<string, () => Dashboard> = new Map([
  ['fleet', fleetDashboard],
  ['instance', instanceDashboard],
  ['query', queryDashboard],
  ['waits', waitsDashboard],
  ['workload', workloadDashboard],
  ['recommendations', recommendationsDashboard],
  ['health', healthDashboard],
]);
