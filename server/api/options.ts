import type { AnalyticsSettings } from '@plumbline/analytics';
import type { AskView, Store, View } from '@plumbline/clickhouse';
import type { Collector, Log } from '@plumbline/collector';
import type { Clock, Engine, InstanceConfig, ServerStatus, ViewAnswer } from '@plumbline/contracts';
import type { CheckupLine } from '../checkups.js';
import type { Instances } from '../credentials/instances.js';
import type { Tokens } from '../credentials/tokens.js';
import type { Metrics } from '../metrics/metrics.js';

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'failing';
  readonly message: string;
}

/** What every process can tell of itself, whatever its role. */
export interface SelfOptions {
  readonly host: string;
  readonly port: number;
  readonly max_body_bytes: number;
  readonly max_requests_per_minute: number;
  readonly tokens: Tokens;
  readonly checks: () => Promise<readonly Check[]>;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** All the API may touch, lent by the composition root (run.ts) or by a test. */
export interface ApiOptions extends SelfOptions {
  readonly store: Store;
  readonly ask: AskView;
  readonly views: ReadonlyMap<string, View>;
  /** The same ask for a name and parameters that were checked against `views`. */
  readonly askAny: (
    view: View,
    params: Readonly<Record<string, string | number>>,
  ) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly columnsOf: (
    view: View,
    params: Readonly<Record<string, string | number>>,
  ) => Promise<ViewAnswer<unknown>['columns']>;
  readonly engines: readonly Pick<Engine, 'id' | 'label' | 'default_port' | 'database_field' | 'option_fields'>[];
  readonly instances: Instances;
  readonly collector: Pick<Collector, 'add' | 'update' | 'remove' | 'collectNow'>;
  /** Called when an instance was edited or removed, for whatever else holds a connection to it. */
  readonly forget: (instance_id: string) => Promise<void>;
  readonly check: (config: InstanceConfig) => Promise<readonly CheckupLine[]>;
  readonly status: () => ServerStatus;
  readonly analytics: AnalyticsSettings;
  readonly clock: Clock;
}
