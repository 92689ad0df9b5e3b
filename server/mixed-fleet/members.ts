import { randomUUID } from 'node:crypto';
import type { ConnectionTarget, Engine, InstanceConfig } from '@plumbline/contracts';
import { instance_config_schema } from '@plumbline/contracts';
import * as dremio from '@plumbline/engines/dremio/testing/tools';
import { DremioStandIn } from '@plumbline/engines/dremio/testing/stand-in';
import { engine as mysql_engine } from '@plumbline/engines/mysql/index';
import { findMariadb } from '@plumbline/engines/mysql/local-binaries';
import * as mysql from '@plumbline/engines/mysql/testing/tools';
import { engine as oracle_engine } from '@plumbline/engines/oracle/index';
import { loadDatabase, snapshotRow, sqlStatRow, sqlTextRow } from '@plumbline/engines/oracle/testing/awr-history';
import * as oracle from '@plumbline/engines/oracle/testing/stand-in';
import { engine as postgresql_engine } from '@plumbline/engines/postgresql/index';
import * as postgresql from '@plumbline/engines/postgresql/testing/tools';
import { engine as sqlserver_engine } from '@plumbline/engines/sqlserver/index';
import { openConnection as openSqlServer } from '@plumbline/engines/sqlserver/connection';
import { default_options } from '@plumbline/engines/sqlserver/options';
import { QueryStoreHistory } from '@plumbline/engines/sqlserver/testing/history';
import { doubleOf } from '@plumbline/engines/sqlserver/testing/session-double';
import { startStandIn } from '@plumbline/engines/sqlserver/testing/stand-in';
import * as sqlserver from '@plumbline/engines/sqlserver/testing/tools';
import pg from 'pg';

/** One of the fleet: a real server where one can be had, else its engine's stand-in. */
export interface Member {
  readonly engine: Engine;
  readonly config: InstanceConfig;
  readonly password: string;
  /** The statement of `run` is executed this many times. */
  run(times: number): Promise<void>;
  stop(): Promise<void>;
}

/** The same statement on all of them. */
const ofOrder = (id: number): string => `SELECT status FROM orders WHERE id = ${id}`;

const member = (engine: Engine, target: ConnectionTarget, rest: Pick<Member, 'run' | 'stop'>): Member => {
  const { instance_id: _id, password, tls_ca_file: _ca, ...place } = target;
  return {
    engine,
    password,
    config: instance_config_schema.parse({ ...place, name: engine.id, engine: engine.id, interval_s: 3_600 }),
    ...rest,
  };
};

export async function postgresqlMember(): Promise<Member> {
  const server = await postgresql.temporaryServer({ prefer: 'system' });
  const client = new pg.Client(server.url());
  await client.connect();
  await client.query('CREATE EXTENSION pg_stat_statements');
  await client.query('CREATE TABLE orders (id int PRIMARY KEY, status text)');
  return member(postgresql_engine, postgresql.targetOf(server), {
    run: async (times) => {
      for (let id = 0; id < times; id++) await client.query(ofOrder(id));
    },
    stop: async () => {
      await client.end();
      await server.stop();
    },
  });
}

export async function mysqlMember(): Promise<Member> {
  const server = await mysql.temporaryServer({ binaries: findMariadb() });
  const client = await mysql.applicationOf(server);
  for (const statement of ['CREATE DATABASE shop', 'USE shop', 'CREATE TABLE orders (id int PRIMARY KEY, status text)'])
    await client.query(statement);
  return member(mysql_engine, mysql.targetOf(server, { database_name: 'shop' }), {
    run: async (times) => {
      for (let id = 0; id < times; id++) await client.query(ofOrder(id));
      await client.query('DO 0');
    },
    stop: async () => {
      await client.end();
      await server.stop();
    },
  });
}

/** AWR: a snapshot an hour, of which the newest is the last. */
export async function oracleMember(): Promise<Member> {
  const stand_in = await oracle.startOracleStandIn();
  const sql_id = '7ws837zynp1zv';
  const hours_ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  const snapshots = 12;
  await loadDatabase(stand_in);
  await stand_in.load('DBA_HIST_SQLTEXT', [sqlTextRow(sql_id, ofOrder(5))]);
  await stand_in.load('DBA_HIST_SNAPSHOT', [snapshotRow({ snap_id: 1, end: hours_ago(snapshots) })]);
  let snap_id = 1;
  const options = { ...{ diagnostics_pack_licensed: true }, history: 'awr' } as const;
  const engine: Engine = { ...oracle_engine, connect: (target) => oracle.openStandIn(stand_in, { options, target }) };
  return member(engine, oracle.targetOf(stand_in), {
    run: async (times) => {
      snap_id += 1;
      await stand_in.load('DBA_HIST_SNAPSHOT', [snapshotRow({ snap_id, end: hours_ago(snapshots - snap_id) })]);
      await stand_in.load('DBA_HIST_SQLSTAT', [sqlStatRow({ snap_id, sql_id, executions: BigInt(times) })]);
    },
    stop: () => stand_in.stop(),
  });
}

export async function sqlserverMember(): Promise<Member> {
  const stand_in = await startStandIn(17, ['shop']);
  await stand_in.createLogin('monitor');
  await stand_in.master.load('dm_os_sys_info', [{ sqlserver_start_time: '2026-11-01 08:00:00' }]);
  const history = new QueryStoreHistory(stand_in.database('shop'), true);
  const plan = await history.plan(await history.statement('(@P1 int)SELECT status FROM orders WHERE id = @P1'));
  // It is open still: what runs later is told as what it grew by.
  const interval = await history.interval(new Date(Date.now() - 600_000));
  const engine: Engine = {
    ...sqlserver_engine,
    connect: (target) => openSqlServer(target, default_options, doubleOf(stand_in)),
  };
  const run = (times: number): Promise<void> => history.run(plan, interval, { times });
  await run(3);
  return member(engine, sqlserver.target(), { run, stop: () => stand_in.stop() });
}

export async function dremioMember(): Promise<Member> {
  const stand_in = await DremioStandIn.start({ edition: 'software' });
  return member(dremio.testEngine(), dremio.targetOf(stand_in), {
    run: (times) => {
      for (let id = 0; id < times; id++) {
        const submitted_ms = Date.now();
        stand_in.runs.push({
          ...{ job_id: randomUUID(), status: 'COMPLETED', query_type: 'JDBC', user_name: 'bi', query: ofOrder(id) },
          ...{ submitted_ms, final_ms: submitted_ms + 20 },
        });
      }
      return Promise.resolve();
    },
    stop: () => stand_in.stop(),
  });
}
