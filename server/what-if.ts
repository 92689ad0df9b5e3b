import type {
  ConnectionTarget,
  Engine,
  EngineConnection,
  InstanceConfig,
  InstanceId,
  WhatIf,
} from '@plumbline/contracts';
import { SourceError, instanceId } from '@plumbline/contracts';
import type { Log } from '@plumbline/collector';
import type { Instances } from './credentials/instances.js';
import { errorText } from './logging.js';

/** Where and as whom to connect, with the password resolved at this moment. */
export async function connectionTarget(
  config: InstanceConfig,
  engine: Engine,
  instances: Pick<Instances, 'password'>,
): Promise<ConnectionTarget> {
  return {
    instance_id: instanceId(config.name),
    host: config.host,
    port: config.port ?? engine.default_port,
    database_name: config.database_name,
    user_name: config.user_name,
    password: await instances.password(config),
    tls: config.tls,
    tls_ca_file: config.tls_ca_file,
    options: config.options,
  };
}

export interface WhatIfConnections {
  /** Never throws: where nothing can be proven, the answer says why. */
  whatIf(instance_id: InstanceId): Promise<WhatIf>;
  /** Forget the connection: the instance was edited or removed. */
  drop(instance_id: string): Promise<void>;
  close(): Promise<void>;
}

const idle_ms = 120_000;

/** Planning runs on a connection of its own per instance, opened when a job first asks and closed when idle. */
export function openWhatIfConnections(
  engines: readonly Engine[],
  instances: Pick<Instances, 'find' | 'password'>,
  log: Log,
): WhatIfConnections {
  const open = new Map<string, { readonly connection: Promise<EngineConnection>; timer: NodeJS.Timeout }>();

  const drop = async (instance_id: string): Promise<void> => {
    const held = open.get(instance_id);
    open.delete(instance_id);
    clearTimeout(held?.timer);
    await held?.connection.then((connection) => connection.close()).catch(() => undefined);
  };
  const connect = async (instance_id: InstanceId): Promise<EngineConnection> => {
    const config = instances.find(instance_id);
    const engine = engines.find(({ id }) => id === config?.engine);
    if (config === undefined || engine === undefined || !config.enabled) {
      throw new SourceError('unsupported', 'this instance is not watched any more', 'Add or enable it again.');
    }
    return engine.connect(await connectionTarget(config, engine, instances));
  };
  const held = (instance_id: InstanceId): Promise<EngineConnection> => {
    const before = open.get(instance_id);
    clearTimeout(before?.timer);
    const connection = before?.connection ?? connect(instance_id);
    const timer = setTimeout(() => void drop(instance_id), idle_ms).unref();
    open.set(instance_id, { connection, timer });
    return connection;
  };

  return {
    async whatIf(instance_id) {
      try {
        return (await held(instance_id)).what_if;
      } catch (error) {
        await drop(instance_id);
        log('warn', 'No connection for what-if planning', { instance_id, reason: errorText(error) });
        return unprovable(errorText(error), error instanceof SourceError ? error.fix : 'Run plumbline doctor.');
      }
    },
    drop,
    close: async () => void (await Promise.all([...open.keys()].map(drop))),
  };
}

function unprovable(reason: string, fix: string): WhatIf {
  const refuse = (): Promise<never> => Promise.reject(new SourceError('unsupported', reason, fix));
  return { can_prove: false, reason, fix, plan: refuse, indexSizeBytes: refuse };
}
