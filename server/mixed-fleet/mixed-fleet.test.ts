/** All five engines at once into one store, through the collector, outbox, bus and sink that ship. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createBus, openOutbox, startCollector, startSink } from '@plumbline/collector';
import type { Collector } from '@plumbline/collector';
import { system_clock } from '@plumbline/contracts';
import type { AspectStatusRow } from '@plumbline/contracts';
import { FeatureExtractor, normalize } from '@plumbline/sql';
import { collectTools } from '../collect-tools.js';
import { createOpened } from '../opened.js';
import { openPreparedStore } from '../store.js';
import type { PreparedStore } from '../store.js';
import { dremioMember, mysqlMember, oracleMember, postgresqlMember, sqlserverMember } from './members.js';
import type { Member } from './members.js';

const silent = (): void => undefined;
const opened = createOpened();
let directory: string;
let members: readonly Member[];
let store: PreparedStore;
let collector: Collector;
let statuses: readonly AspectStatusRow[];

const runs: Readonly<Record<string, number>> = { postgresql: 3, mysql: 5, oracle: 7, sqlserver: 11, dremio: 13 };

const readAll = async (): Promise<readonly AspectStatusRow[]> => {
  const read = (await Promise.all(members.map(({ config }) => collector.collectNow(config.name)))).flat();
  expect(await collector.drain(30_000)).toBe(true);
  return read;
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-fleet-'));
  members = await Promise.all([postgresqlMember(), mysqlMember(), oracleMember(), sqlserverMember(), dremioMember()]);
  store = await openPreparedStore(`chdb://${join(directory, 'store')}`, silent, silent);
  opened.add('store', () => store.store.close());
  const outbox = await openOutbox(join(directory, 'outbox'), { max_bytes: 100_000_000, log: silent });
  opened.add('outbox', () => outbox.close());
  const bus = createBus('memory:');
  opened.add('bus', () => bus.close());
  const sink = await startSink({ bus, store: store.store, log: silent });
  opened.add('sink', () => sink.stop());
  const extractor = new FeatureExtractor();
  opened.add('feature extractor', () => extractor.close());
  collector = startCollector({
    engines: members.map(({ engine }) => engine),
    instances: members.map(({ config }) => config),
    resolvePassword: async ({ name }) => members.find(({ config }) => config.name === name)?.password ?? '',
    outbox,
    bus,
    tools: collectTools(extractor),
    clock: system_clock,
    log: silent,
  });
  opened.add('collector', () => collector.stop());
  await readAll();
  for (const { config, run } of members) await run(runs[config.name] ?? 0);
  statuses = await readAll();
}, 120_000);

afterAll(async () => {
  await opened.closeAll(silent);
  await Promise.all(members.map((member) => member.stop()));
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

const callsIn = async (table: string, query_hash: string): Promise<Readonly<Record<string, number>>> => {
  const rows = await store.store.query<{ instance_id: string; calls: string }>(
    `SELECT instance_id, toString(sum(calls)) AS calls FROM ${table} WHERE query_hash = {query_hash:String}
     GROUP BY instance_id`,
    { params: { query_hash } },
  );
  return Object.fromEntries(rows.map(({ instance_id, calls }) => [instance_id, Number(calls)]));
};

describe('a fleet of all five engines in one store', () => {
  const { query_hash } = normalize('SELECT status FROM orders WHERE id = 5', 'postgresql');

  it('has the same statement under one hash on every engine, each with exactly its own runs', async () => {
    expect(await callsIn('query_deltas', query_hash)).toEqual(runs);
    expect(await callsIn('query_hourly', query_hash)).toEqual(runs);
  });

  it('has single runs as runs too, where the source tells them', async () => {
    const [told] = await store.store.query<{ runs: string }>(
      `SELECT toString(count()) AS runs FROM query_runs WHERE instance_id = 'dremio' AND query_hash = {query_hash:String}`,
      { params: { query_hash } },
    );
    expect(Number(told?.runs)).toBe(runs['dremio']);
  });

  it('has every instance with its engine and version', async () => {
    const rows = await store.ask('instances_latest', { instance_id: '' });
    expect(rows.map(({ engine }) => engine).sort()).toEqual(Object.keys(runs).sort());
    for (const { server_version } of rows) expect(server_version).not.toBe('');
  });

  it('has no reading that failed, and a fix for each that is not whole', () => {
    for (const { state, message, fix, instance_id, aspect } of statuses) {
      expect({ instance_id, aspect, state, message }).not.toMatchObject({ state: 'failed' });
      if (state !== 'ok' && state !== 'disabled') expect(fix).not.toBe('');
    }
  });

  it('has quarantined nothing', async () => {
    expect(await store.store.query('SELECT table_name, reason FROM quarantined_rows')).toEqual([]);
  });
});
