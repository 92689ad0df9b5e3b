import { expect, it } from '@jest/globals';
import type {
  Ability,
  Action,
  AspectName,
  Collected,
  CollectTools,
  ConnectionTarget,
  Engine,
  EngineConnection,
  ReflectionShape,
} from '@plumbline/contracts';

/** What the suite needs of a live server of the engine. */
export interface ContractSource {
  readonly target: ConnectionTarget;
  readonly tools: CollectTools;
  /** Runs one statement this many times; its template is that of `statement`. */
  readonly statement: string;
  run(times: number): Promise<void>;
}

const place = { database_name: 'd', schema_name: 's', table_name: `odd "name` };
const reflection: ReflectionShape = {
  ...{ reflection_name: 'r', kind: 'raw', display_columns: ['c'], dimension_columns: [], measures: [] },
  ...{ partition_columns: [], sort_columns: [] },
};
/** One of each kind: a new kind in contracts/actions.ts makes this fail to compile. */
const one_of_each: { readonly [Kind in Action['kind']]: Extract<Action, { kind: Kind }> } = {
  create_index: {
    kind: 'create_index',
    ...place,
    columns: ['c'.repeat(70), 'b'],
    included_columns: [],
    method: 'btree',
  },
  drop_index: { kind: 'drop_index', ...place, index_name: 'i', definition: 'CREATE INDEX i ON s.t (c)' },
  analyze_table: { kind: 'analyze_table', ...place },
  change_setting: {
    ...{ kind: 'change_setting', name: 'work_mem', value: '8MB', previous_value: '4MB', scope: 'instance' },
    change_needs: 'reload',
  },
  create_reflection: { kind: 'create_reflection', database_name: 'd', dataset_path: ['s', 'odd "name'], reflection },
  drop_reflection: {
    ...{ kind: 'drop_reflection', database_name: 'd', dataset_path: ['s', 't'], reflection_id: 'r', reflection },
  },
  compact_table: { kind: 'compact_table', ...place },
  rewrite_query: { kind: 'rewrite_query', before: 'SELECT 1', after: 'SELECT 2' },
};

/** Kinds that only an engine with this ability can carry out; the others say so and render nothing to run. */
const needed: Partial<Record<Action['kind'], Ability>> = {
  create_reflection: 'reflections',
  drop_reflection: 'reflections',
  compact_table: 'table_files',
};

/** What every engine must hold to, on a real server; called inside a `describe`. */
export function engineContract(engine: Engine, source: () => ContractSource): void {
  const connected = async (work: (connection: EngineConnection) => Promise<void>): Promise<void> => {
    const connection = await engine.connect(source().target);
    await work(connection).finally(() => connection.close());
  };

  const gives = (aspect: AspectName): boolean => engine.aspects.some(({ name }) => name === aspect);

  if (gives('statements')) {
    it('sets a baseline, then tells exactly what ran, over a state that is plain JSON', () =>
      connected(async (connection) => {
        const { tools, run, statement } = source();
        const first = await connection.collect('statements', undefined, tools);
        expect(first.rows.query_deltas ?? []).toEqual([]);
        await run(6);
        const state: unknown = JSON.parse(JSON.stringify(first.state));
        expect(state).toEqual(first.state);
        const second = await connection.collect('statements', state, tools);
        const { query_hash } = tools.template(statement);
        const told = (second.rows.query_deltas ?? []).filter((row) => row.query_hash === query_hash);
        expect(told.reduce((total, row) => total + row.calls, 0n)).toBe(6n);
        expect(second.window_start).toEqual(first.window_end);
      }));
  }

  if (gives('runs')) {
    it('sets a baseline, then tells each run once and no more, over a state that is plain JSON', () =>
      connected(async (connection) => {
        const { tools, run, statement } = source();
        const { query_hash } = tools.template(statement);
        const runsOf = ({ rows }: Collected) =>
          (rows.query_runs ?? []).filter((row) => row.query_hash === query_hash).map((row) => row.native_id);
        const first = await connection.collect('runs', undefined, tools);
        expect(first.rows.query_runs ?? []).toEqual([]);
        await run(6);
        const state: unknown = JSON.parse(JSON.stringify(first.state));
        expect(state).toEqual(first.state);
        const second = await connection.collect('runs', state, tools);
        expect(new Set(runsOf(second)).size).toBe(6);
        expect(runsOf(second)).toHaveLength(6);
        expect(second.window_start).toEqual(first.window_end);
        await run(1);
        const third = await connection.collect('runs', second.state, tools);
        expect(runsOf(third)).toHaveLength(1);
        expect(runsOf(second)).not.toContain(runsOf(third)[0]);
      }));
  }

  it.each(engine.aspects.map(({ name }) => name))('begins anew when the state of %s is foreign', (aspect) =>
    connected(async (connection) => {
      for (const foreign of [null, 7, 'text', {}, { shape: 'another.1', at: 'never' }]) {
        const answer = await connection.collect(aspect, foreign, source().tools);
        expect(answer.rows.query_deltas ?? []).toEqual([]);
        expect(answer.rows.query_runs ?? []).toEqual([]);
        expect(answer.outcome.state === 'ok' || answer.outcome.fix !== '').toBe(true);
      }
    }),
  );

  it('leaves the time limit of a reading running; a busy time it tells is more than none', () =>
    connected(async (connection) => {
      let pauses = 0;
      const limit = { pause: () => void pauses++, resume: () => void pauses-- };
      const { elapsed_ms } = await connection.collect('settings', undefined, { ...source().tools, limit });
      if (elapsed_ms !== undefined) expect(elapsed_ms).toBeGreaterThan(0);
      expect(pauses).toBe(0);
    }));

  it('says of every unmet need how to meet it', () =>
    connected(async (connection) => {
      for (const { outcome } of await connection.checkup())
        expect(outcome.state === 'ok' || outcome.fix !== '').toBe(true);
    }));

  it.each(Object.values(one_of_each))('renders $kind', (action) => {
    const rendered = engine.render(action);
    expect(rendered.cautions.length).toBeGreaterThan(0);
    const ability = needed[action.kind];
    const can_run = action.kind !== 'rewrite_query' && (ability === undefined || engine.abilities.includes(ability));
    expect(rendered.ddl.length > 0).toBe(can_run);
  });

  it('gives an index that comes back its own name, and takes that one away again', () => {
    const { ddl, rollback_ddl } = engine.render({ ...one_of_each.create_index, index_name: 'Its own "name' });
    for (const statements of [ddl, rollback_ddl]) expect(statements.join()).toMatch(/Its own "{0,2}name/);
  });
}
