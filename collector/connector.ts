import { SourceError, instanceId } from '@plumbline/contracts';
import type { Engine, EngineConnection, InstanceConfig } from '@plumbline/contracts';
import { messageOf } from './message-of.js';

const first_rest_ms = 500;
const longest_rest_ms = 30_000;

/** The one connection of an instance, made when first asked for and again after it broke. */
export class Connector {
  #connecting: Promise<EngineConnection> | undefined;
  #connection: EngineConnection | undefined;
  #failure: { readonly error: Error; readonly until_ms: number } | undefined;
  #failures = 0;
  #described: string | undefined;
  #describing: Promise<void> | undefined;
  #undescribed: Error | undefined;

  constructor(
    readonly engine: Engine,
    readonly config: InstanceConfig,
    readonly resolvePassword: (config: InstanceConfig) => Promise<string>,
    readonly describe: (connection: EngineConnection) => Promise<void>,
  ) {}

  get state(): 'connected' | 'connecting' | 'failed' | 'idle' {
    if (this.#connection !== undefined) return 'connected';
    if (this.#connecting !== undefined) return 'connecting';
    return this.#failure === undefined ? 'idle' : 'failed';
  }

  get failure(): Error | undefined {
    return this.#failure?.error ?? this.#undescribed;
  }

  get server_version(): string {
    return this.#connection?.server_version ?? '';
  }

  /** All aspects of an instance wait for one attempt, and share its failure for a while: a dead host is not stormed. */
  async connection(): Promise<EngineConnection> {
    const connection = await this.#connected();
    await this.#describe(connection);
    return connection;
  }

  async #connected(): Promise<EngineConnection> {
    if (this.#connection !== undefined) return this.#connection;
    if (this.#failure !== undefined && performance.now() < this.#failure.until_ms) throw this.#failure.error;
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /**
   * Once per connection, and again when the server was restarted or upgraded under it. That it failed does not concern
   * the connection: readings go on, and the next one tries again.
   */
  async #describe(connection: EngineConnection): Promise<void> {
    const now = `${connection.server_version} ${connection.started_at?.toISOString() ?? ''}`;
    if (this.#described === now) return;
    this.#describing ??= this.describe(connection)
      .then(
        () => {
          this.#described = now;
          this.#undescribed = undefined;
        },
        (reason: unknown) => {
          this.#undescribed = asError(reason);
        },
      )
      .finally(() => (this.#describing = undefined));
    await this.#describing;
  }

  async #connect(): Promise<EngineConnection> {
    try {
      const connection = await this.engine.connect({
        instance_id: instanceId(this.config.name),
        host: this.config.host,
        port: this.config.port ?? this.engine.default_port,
        database_name: this.config.database_name,
        user_name: this.config.user_name,
        password: await this.#password(),
        tls: this.config.tls,
        tls_ca_file: this.config.tls_ca_file,
        options: this.config.options,
      });
      this.#connection = connection;
      this.#failure = undefined;
      this.#failures = 0;
      return connection;
    } catch (reason) {
      const error = asError(reason);
      const rest_ms = Math.min(longest_rest_ms, first_rest_ms * 2 ** this.#failures++);
      this.#failure = { error, until_ms: performance.now() + rest_ms };
      throw error;
    }
  }

  async #password(): Promise<string> {
    try {
      return await this.resolvePassword(this.config);
    } catch (error) {
      throw new SourceError('wrong_password', messageOf(error), 'Mend the credential of this instance.', {
        cause: error,
      });
    }
  }

  /** A connection that failed in a way it may not recover from is left; the next reading makes another. */
  async drop(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#described = undefined;
    await connection?.close().catch(() => undefined);
  }

  /** Also one that is being made. */
  async close(): Promise<void> {
    await this.#connecting?.catch(() => undefined);
    await this.drop();
  }
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
