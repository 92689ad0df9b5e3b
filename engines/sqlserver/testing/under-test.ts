import type { AspectName, Collected, ConnectionTarget, EngineConnection, QueryDeltaRow } from '@plumbline/contracts';
import { openConnection } from '../connection.js';
import { default_options, type SqlServerOptions } from '../options.js';
import { doubleOf, type DoubleOptions } from './session-double.js';
import type { StandIn } from './stand-in.js';
import { collectTools, target, type TestTools } from './tools.js';

/** One connection to the stand-in that keeps each aspect's state as the collector does: as JSON. */
export interface UnderTest {
  readonly connection: EngineConnection;
  readonly tools: TestTools;
  read(aspect: AspectName): Promise<Collected>;
  /** What the collector would hand back at the next reading. */
  stateOf(aspect: AspectName): unknown;
  /** Both clocks, the server's and ours. */
  at(now: Date): Promise<void>;
  close(): Promise<void>;
}

export interface UnderTestOptions extends DoubleOptions {
  readonly to?: Partial<ConnectionTarget>;
  readonly options?: Partial<SqlServerOptions>;
}

export async function underTest(stand_in: StandIn, over: UnderTestOptions = {}): Promise<UnderTest> {
  const tools = collectTools();
  const options = { ...default_options, ...over.options };
  const connection = await openConnection(target(over.to), options, doubleOf(stand_in, over));
  const states = new Map<AspectName, unknown>();
  return {
    ...{ connection, tools },
    read: async (aspect) => {
      const answer = await connection.collect(aspect, states.get(aspect), tools);
      states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
      return answer;
    },
    stateOf: (aspect) => states.get(aspect),
    at: async (now) => {
      tools.set(now);
      await stand_in.look({ now });
    },
    close: () => connection.close(),
  };
}

type Deltas = readonly Omit<QueryDeltaRow, 'batch_id'>[];

export const deltas = (answer: Collected): Deltas => answer.rows.query_deltas ?? [];

export const callsOf = (answer: Collected, tools: TestTools, text: string): bigint => {
  const { query_hash } = tools.template(text);
  return deltas(answer)
    .filter((row) => row.query_hash === query_hash)
    .reduce((total, row) => total + row.calls, 0n);
};
