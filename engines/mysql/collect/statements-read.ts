import type { BucketBounds, PackedBuckets } from '../histogram.js';
import { rawStatement, type RawStatement } from '../normalize.js';
import { hexList, isAtLeast, statement, type Query, type ServerFacts } from '../source.js';

/** What performance_schema is told to count. */
export interface Setup {
  readonly consumers: ReadonlyMap<string, boolean>;
  /** Of SELECT, INSERT, UPDATE and DELETE: how many are not counted or not timed. */
  readonly missing_instruments: number;
}

export interface StatementsAnswer {
  readonly server: string;
  readonly setup: Setup;
  readonly rows: readonly RawStatement[];
  /** The row of all statements that found no place of their own. */
  readonly overflow: RawStatement | undefined;
}

/** Only what a running server calls itself: it stays over restarts and differs after a failover. */
const identity_sql = {
  mysql: 'SELECT @@server_uuid AS server',
  mariadb: `SELECT CONCAT(@@hostname, ':', @@port, ':', @@server_id) AS server`,
};

export async function readSetup(query: Query): Promise<Setup> {
  const consumers = await query(statement('setup.sql'));
  const [instruments] = await query(statement('setup-instruments.sql'));
  return {
    consumers: new Map(consumers.map((row) => [row.text('name'), row.flag('is_enabled')])),
    missing_instruments: Number(instruments?.whole('missing') ?? 0n),
  };
}

export async function readStatements(query: Query, facts: ServerFacts): Promise<StatementsAnswer> {
  const setup = await readSetup(query);
  const [identity] = await query(identity_sql[facts.family]);
  const file = isAtLeast(facts, 'mysql', '8.0.28') ? 'statements@8.0.28.sql' : 'statements.sql';
  const all = (await query(statement(file))).map(rawStatement);
  return {
    server: identity?.text('server') ?? '',
    setup,
    rows: all.filter(({ digest }) => digest !== ''),
    overflow: all.find(({ digest }) => digest === ''),
  };
}

export const keyOf = ({ digest, schema_name }: Pick<RawStatement, 'digest' | 'schema_name'>): string =>
  `${digest}.${schema_name}`;

/** Digests asked for in one statement: some 70 bytes each. */
const digests_per_statement = 1_000;

/** By `keyOf`. One that was emptied out since is missing. */
export async function readTexts(query: Query, digests: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (let start = 0; start < digests.length; start += digests_per_statement) {
    const list = hexList(digests.slice(start, start + digests_per_statement));
    if (list === '') continue;
    for (const row of await query(statement('statement-texts.sql').replace('{{digests}}', list))) {
      if (row.isNull('digest_text')) continue;
      texts.set(keyOf({ digest: row.text('digest'), schema_name: row.text('schema_name') }), row.text('digest_text'));
    }
  }
  return texts;
}

export interface Histograms {
  readonly bounds: BucketBounds;
  readonly by_key: ReadonlyMap<string, PackedBuckets>;
}

/** Undefined on MariaDB, which keeps none. */
export async function readHistograms(query: Query, facts: ServerFacts): Promise<Histograms | undefined> {
  if (facts.family !== 'mysql') return undefined;
  const bounds = new Map<number, number>();
  for (const row of await query(statement('histogram-bounds.sql'))) {
    const high_us = Number(row.whole('high_ps')) / 1e6;
    // The last bucket has no end: what lies in it took at least its lower bound.
    const is_open = row.whole('high_ps') >= 2n ** 63n;
    bounds.set(Number(row.whole('bucket')), is_open ? Number(row.whole('low_ps')) / 1e6 : high_us);
  }
  const rows = await query(statement('histograms.sql'));
  const by_key = new Map(
    rows.map((row) => [
      keyOf({ digest: row.text('digest'), schema_name: row.text('schema_name') }),
      row.text('buckets'),
    ]),
  );
  return { bounds, by_key };
}
