import type { AspectName, Collected, ConnectionTarget, EngineConnection } from '@plumbline/contracts';
import { openConnection } from '../connection.js';
import type { DremioOptions } from '../options.js';
import { collectTools, targetOf, testOptions } from './tools.js';
import { selfSigned, type SelfSigned } from './certificate.js';
import type { HistoryVersion } from './history-tables.js';
import { DremioStandIn } from './stand-in.js';

/** A stand-in and the engine's connection to it, for tests of what is read. */
export class OpenedSource {
  readonly tools = collectTools();

  private constructor(
    readonly stand_in: DremioStandIn,
    public connection: EngineConnection,
    readonly certificate: SelfSigned | undefined,
  ) {}

  static async open(
    edition: 'software' | 'cloud',
    history?: HistoryVersion,
    over: Partial<DremioOptions> = {},
    target: Partial<ConnectionTarget> = {},
  ): Promise<OpenedSource> {
    const certificate = edition === 'cloud' ? selfSigned() : undefined;
    const tls = certificate === undefined ? {} : { tls: certificate };
    const stand_in = await DremioStandIn.start({ edition, ...(history === undefined ? {} : { history }), ...tls });
    const ca = certificate === undefined ? {} : { tls_ca_file: certificate.ca_file };
    const connection = await openConnection(targetOf(stand_in, { ...ca, ...target }), testOptions(over));
    return new OpenedSource(stand_in, connection, certificate);
  }

  async reconnect(over: Partial<DremioOptions>): Promise<void> {
    await this.connection.close();
    this.connection = await openConnection(targetOf(this.stand_in), testOptions(over));
  }

  collect(aspect: AspectName, state?: unknown): Promise<Collected> {
    return this.connection.collect(aspect, state, this.tools);
  }

  /** What a second reading tells, the clock an hour on, of what `between` did. */
  async after(aspect: AspectName, between: () => void): Promise<Collected> {
    const first = await this.collect(aspect);
    between();
    this.tools.advance(3_700_000);
    return this.collect(aspect, first.state);
  }

  /** One execution of a statement with literals, handed in now; `columns` of its row in the history. */
  addRun(over: object = {}, columns: object = {}): void {
    const submitted_ms = Date.now() + 10;
    this.stand_in.runs.push({
      ...{ job_id: `job-${this.stand_in.runs.length}`, status: 'COMPLETED', query_type: 'JDBC', user_name: 'bi' },
      ...{ query: `SELECT a FROM lake.sales.t WHERE name = 'Müller' AND n = 4711`, submitted_ms },
      ...{ final_ms: submitted_ms + 1_500, over: columns as never },
      ...over,
    });
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.stand_in.stop();
    this.certificate?.remove();
  }
}
