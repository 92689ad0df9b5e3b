import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { AspectName, Collected, EngineConnection, QueryDeltaRow } from '@plumbline/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { openConnection } from './connection.js';
import type { LocalServer } from './local-server.js';
import { applicationOf, collectTools, describeOnServers, targetOf, temporaryServer } from './source-for-tests.js';

const tools = collectTools();

describeOnServers('what is read', (binaries) => {
  let server: LocalServer;
  let client: Connection;
  let connection: EngineConnection;
  const states = new Map<string, unknown>();

  /** The server counts a statement after it has answered: it surely has when it takes the next one. */
  const counted = async (...clients: readonly Connection[]): Promise<void> => {
    for (const one of clients) await one.query('DO 0');
  };
  const read = async (aspect: AspectName): Promise<Collected> => {
    if (aspect === 'statements') await counted(client);
    const answer = await connection.collect(aspect, states.get(aspect), tools);
    states.set(aspect, JSON.parse(JSON.stringify(answer.state)));
    return answer;
  };
  const deltasOf = (answer: Collected, text: string): QueryDeltaRow[] => {
    const { query_hash } = tools.template(text);
    return ((answer.rows.query_deltas ?? []) as QueryDeltaRow[]).filter((row) => row.query_hash === query_hash);
  };
  const callsOf = (answer: Collected, text: string): bigint =>
    deltasOf(answer, text).reduce((total, row) => total + row.calls, 0n);
  const textOf = (answer: Collected): string =>
    JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  const kindsOf = (answer: Collected): string[] =>
    (answer.rows.instance_events ?? []).map(({ kind, object_name, subject }) =>
      `${kind} ${object_name} ${subject}`.trim(),
    );

  beforeAll(async () => {
    server = await temporaryServer({
      binaries,
      settings: {
        performance_schema_consumer_events_statements_history: 'ON',
        performance_schema_consumer_events_statements_current: 'ON',
      },
    });
    client = await applicationOf(server);
    await client.query('CREATE DATABASE shop');
    await client.query('USE shop');
    await client.query(
      `CREATE TABLE customers (id int PRIMARY KEY, name varchar(60), mood enum('glum-secret', 'gay') )`,
    );
    await client.query(`CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, customer_id int, note varchar(64),
      amount decimal(10, 2), KEY by_note (note(10)), CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id))`);
    await client.query(`INSERT INTO customers WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      SELECT i, concat('c', i), 1 FROM n`);
    await client.query(
      'INSERT INTO orders (customer_id, note, amount) SELECT a.id, concat(a.id, b.id), a.id FROM customers a, customers b WHERE b.id < 20',
    );
    await client.query('ANALYZE TABLE customers, orders');
    connection = await openConnection(targetOf(server, { database_name: 'shop' }), { plans_per_reading: 100 });
  });
  afterAll(async () => {
    await connection.close();
    await client.end();
    await server.stop();
  });

  it('sets a baseline at the first reading and then tells exactly what ran, and nothing of its own', async () => {
    const first = await read('statements');
    expect(first.outcome.state).toBe('ok');
    expect(first.rows).toEqual({});
    for (let run = 0; run < 7; run++) await client.query(`SELECT count(*) FROM orders WHERE customer_id = ${run}`);
    const second = await read('statements');
    const [row] = deltasOf(second, 'SELECT count(*) FROM orders WHERE customer_id = 5');
    expect(row).toMatchObject({ calls: 7n, rows_returned: 7n, database_name: 'shop', flags: [] });
    expect(row?.min_time_us).toBeGreaterThan(0);
    expect(row?.max_time_us).toBeGreaterThanOrEqual(row?.min_time_us ?? Infinity);
    expect(textOf({ ...second, state: null })).not.toContain('plumbline_own');
    expect(second.rows.queries?.map(({ template }) => template).filter((text) => text !== 'do ?')).toEqual([
      'select count(*) from orders where customer_id = ?',
    ]);
    const own = second.rows.instance_metrics?.find(({ metric }) => metric === 'plumbline.source_time_us');
    expect(own?.value).toBeGreaterThan(0);
    expect(callsOf(await read('statements'), 'SELECT count(*) FROM orders WHERE customer_id = 5')).toBe(0n);
  });

  it('adds up exactly under concurrent load, with the histogram of each window where the server has one', async () => {
    const sql = 'SELECT sum(id) FROM orders WHERE id < ';
    const clients = await Promise.all([1, 2, 3].map(() => applicationOf(server, 'shop')));
    let [calls, bucketed] = [0n, 0n];
    const tell = async (): Promise<void> => {
      for (const row of deltasOf(await read('statements'), `${sql}5`)) {
        calls += row.calls;
        bucketed += row.bucket_calls.reduce((total, more) => total + more, 0n);
        expect(row.percentile_origin).toBe(row.bucket_calls.length > 0 ? 'histogram' : 'means');
        expect(row.bucket_upper_us).toHaveLength(row.bucket_calls.length);
      }
    };
    const load = Promise.all(
      clients.map(async (one) => {
        for (let run = 0; run < 70; run++) await one.query(sql + run);
      }),
    );
    for (let reading = 0; reading < 4; reading++) await tell();
    await load;
    await counted(...clients);
    await tell();
    await Promise.all(clients.map((one) => one.end()));
    expect(calls).toBe(210n);
    expect(bucketed).toBe(binaries.family === 'mysql' ? 210n : 0n);
  });

  it('tells the very time that the server counted, to the microsecond', async () => {
    const sql = 'SELECT avg(amount) FROM orders WHERE customer_id > ';
    await read('statements');
    let told_us = 0n;
    for (let reading = 0; reading < 3; reading++) {
      for (let run = 0; run < 9; run++) await client.query(sql + run);
      for (const row of deltasOf(await read('statements'), `${sql}5`)) told_us += row.total_time_us;
    }
    const [rows] = await client.query(`SELECT CAST(SUM_TIMER_WAIT AS CHAR) AS ps
      FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST_TEXT LIKE 'SELECT AVG%'`);
    expect(told_us).toBe(BigInt((rows as { ps: string }[])[0]?.ps ?? '0') / 1_000_000n);
  });

  it('tells statements that a driver prepared, and says when some were closed before they were read', async () => {
    const sql = 'SELECT note FROM orders WHERE customer_id = ? AND id > ?';
    await read('statements');
    const one = await applicationOf(server, 'shop');
    const other = await applicationOf(server, 'shop');
    for (let run = 0; run < 5; run++) await one.execute(sql, [run, 5]);
    for (let run = 0; run < 3; run++) await other.execute(sql, [run, 5]);
    await counted(one, other);
    const answer = await read('statements');
    expect([callsOf(answer, sql), answer.outcome.state]).toEqual([8n, 'ok']);
    expect(deltasOf(answer, sql)).toMatchObject([{ database_name: 'shop' }]);
    expect(answer.rows.queries?.some(({ template }) => template === tools.template(sql).template)).toBe(true);
    for (let run = 0; run < 4; run++) await one.execute(sql, [run, 5]);
    for (let run = 0; run < 2; run++) await other.execute(sql, [run, 5]);
    await counted(one, other);
    await one.end();
    const after = await read('statements');
    await other.end();
    expect(callsOf(after, sql)).toBe(binaries.family === 'mysql' ? 6n : 2n);
    if (binaries.family === 'mysql') expect(after.outcome.state).toBe('ok');
    else expect(after.outcome).toMatchObject({ state: 'degraded', message: expect.stringMatching(/^4 runs/) });
  });

  it('counts on through a TRUNCATE of the digests and says so', async () => {
    const sql = 'SELECT max(id) FROM orders WHERE customer_id = 3';
    for (let run = 0; run < 5; run++) await client.query(sql);
    expect(callsOf(await read('statements'), sql)).toBe(5n);
    await client.query('TRUNCATE performance_schema.events_statements_summary_by_digest');
    for (let run = 0; run < 2; run++) await client.query(sql);
    const after = await read('statements');
    expect(deltasOf(after, sql)).toMatchObject([{ calls: 2n, flags: ['counter_reset'], min_time_us: null }]);
    expect(kindsOf(after)).toContain('counter_reset events_statements_summary_by_digest');
  });

  it('marks a text that the server stopped reading, and no other', async () => {
    await read('statements');
    const long = Array.from({ length: 200 }, (_, place) => `id AS a_long_name_of_a_column_${place}`).join(', ');
    await client.query(`SELECT ${long} FROM orders LIMIT 1`);
    await client.query(`SELECT ${Array.from({ length: 100 }, () => '1 + 1').join(' + ')} FROM orders LIMIT 1`);
    const { queries } = (await read('statements')).rows;
    expect(queries?.map(({ template, is_truncated }) => [template.slice(7, 10), is_truncated]).sort()).toEqual([
      ['? +', 0],
      ['id ', 1],
    ]);
  });

  it('lets no literal out, from odd texts, conditions of plans and running statements', async () => {
    await read('statements');
    const odd = [
      `SELECT id FROM orders WHERE note = 'hunter2''s "x" \\\\ /* y'`,
      `SELECT id FROM orders WHERE note > 'hunter2\\'s' AND note < "hunter2" AND amount > 77123`,
      `SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id AND c.name LIKE '%hunter2%' WHERE o.note IN ('hunter2', x'68756e74657232')`,
      `UPDATE orders SET note = 'hunter2' WHERE note = 'hunter2\n'`,
      `SELECT length('${'hunter2'.repeat(50_000)}')`,
      `CREATE USER hunter IDENTIFIED BY 'hunter2hunter2'`,
      'DROP USER hunter',
    ];
    for (const sql of odd) await client.query(sql);
    if (binaries.family === 'mysql') {
      await client.query(`CREATE INDEX odd ON orders ((concat(note, 'a', 'hunter2''s "x" \\\\', 'hunter2')))`);
    }
    const answers = [await read('statements'), await read('plans'), await read('schema'), await read('indexes')];
    for (const sql of odd.slice(0, 5)) expect(callsOf(answers[0] as Collected, sql)).toBe(1n);
    expect(answers[1]?.rows.plans?.length).toBeGreaterThan(2);
    for (const answer of answers) {
      expect(textOf(answer)).not.toMatch(/hunter2|68756e74|77123|glum-secret/i);
      expect(textOf(answer).length).toBeLessThan(500_000);
    }
  });

  it('plans statements of many kinds from samples, without running them', async () => {
    const statements = [
      'SELECT * FROM orders WHERE id = 1',
      'SELECT * FROM orders WHERE customer_id IN (1, 2, 3)',
      "SELECT note FROM orders WHERE note LIKE 'a%' ORDER BY id LIMIT 5",
      'SELECT customer_id, count(*) FROM orders GROUP BY 1 HAVING count(*) > 3',
      'WITH x AS (SELECT * FROM orders WHERE id < 10) SELECT * FROM x JOIN orders o USING (id)',
      'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.name IS NULL',
      'SELECT id, rank() OVER (PARTITION BY customer_id ORDER BY id) FROM orders WHERE id < 100',
      'SELECT 1 UNION ALL SELECT id FROM orders WHERE id = 3',
      'SELECT EXISTS (SELECT 1 FROM orders WHERE id = 9)',
      'UPDATE orders SET note = note WHERE customer_id = 4',
      'DELETE FROM orders WHERE id = -4',
      'INSERT INTO customers (id, name) SELECT id + 100000, note FROM orders WHERE id = -3',
    ];
    for (const sql of statements) {
      await client.query(sql);
      // MariaDB's history holds ten statements of a session.
      if (binaries.family === 'mariadb') states.set('plans', (await read('plans')).state);
    }
    states.delete('plans');
    const answer = await read('plans');
    const planned = new Set(answer.rows.plans?.map(({ query_hash }) => query_hash));
    const expected = binaries.family === 'mysql' ? statements : statements.slice(-10);
    expect(expected.filter((sql) => !planned.has(tools.template(sql).query_hash))).toEqual([]);
    const join = answer.rows.plans?.find(
      ({ query_hash }) => query_hash === tools.template(statements[5] ?? '').query_hash,
    );
    expect(join?.tree).toContain('"table":"customers"');
    expect((await client.query('SELECT count(*) AS rows_left FROM orders WHERE id = -4'))[0]).toEqual([
      { rows_left: 0 },
    ]);
  });

  it('notices tables, indexes, columns and settings that change', async () => {
    for (const aspect of ['tables', 'indexes', 'schema', 'settings'] as const) await read(aspect);
    await client.query('CREATE TABLE fresh (id int)');
    await client.query('ALTER TABLE orders ADD COLUMN extra int, ADD INDEX by_amount (amount DESC, note(5))');
    await client.query('SET GLOBAL max_connections = 61');
    expect(kindsOf(await read('tables'))).toContain('table_created shop.fresh');
    const indexes = await read('indexes');
    expect(kindsOf(indexes)).toEqual(['index_created shop.orders by_amount']);
    expect(kindsOf(await read('schema'))).toEqual(['column_changed shop.orders extra']);
    expect(kindsOf(await read('settings'))).toEqual(['setting_changed max_connections max_connections']);
    const snapshot = (name: string) => indexes.rows.index_snapshots?.find(({ index_name }) => index_name === name);
    expect(snapshot('fk')).toMatchObject({ backs_constraint: 1, is_unique: 0, method: 'btree' });
    expect(snapshot('by_amount')).toMatchObject({ backs_constraint: 0, key_columns: ['amount', 'note'] });
    expect(Number(snapshot('PRIMARY')?.size_bytes)).toBeGreaterThan(0);
    await client.query('ALTER TABLE orders DROP INDEX by_amount');
    await client.query(snapshot('by_amount')?.definition ?? '');
    expect(kindsOf(await read('indexes'))).toEqual([]);
    const hide = binaries.family === 'mysql' ? 'INVISIBLE' : 'IGNORED';
    await client.query(`ALTER TABLE orders ALTER INDEX by_amount ${hide}`);
    expect(
      (await read('indexes')).rows.index_snapshots?.find(({ index_name }) => index_name === 'by_amount')?.is_valid,
    ).toBe(0);
  });

  it('tells how tables and indexes were used, in rows', async () => {
    await read('tables');
    await read('indexes');
    await client.query(`SELECT count(*) FROM orders WHERE amount + 0 > 5`);
    await client.query(`SELECT count(note) FROM orders FORCE INDEX (fk) WHERE customer_id BETWEEN 3 AND 5`);
    await client.query(`INSERT INTO customers VALUES (900, 'new', 1), (901, 'new', 1)`);
    const tables = await read('tables');
    const table = (name: string) => tables.rows.table_snapshots?.find(({ table_name }) => table_name === name);
    expect(Number(table('orders')?.seq_rows_read)).toBeGreaterThan(1000);
    expect(table('customers')?.inserted_rows).toBe(2n);
    expect(table('orders')?.live_rows).toBeGreaterThan(1000n);
    const indexes = (await read('indexes')).rows.index_snapshots;
    expect(indexes?.find(({ index_name }) => index_name === 'fk')?.scans).toBeGreaterThan(10n);
    expect(indexes?.find(({ index_name }) => index_name === 'by_note')?.scans).toBe(0n);
  });

  it('samples what runs and what waits for a row', async () => {
    await read('activity');
    tools.advance(1_000);
    const blocker = await applicationOf(server, 'shop');
    const [waiter, sleeper] = [await applicationOf(server, 'shop'), await applicationOf(server, 'shop')];
    await blocker.query('START TRANSACTION');
    await blocker.query('UPDATE customers SET name = 1 WHERE id = 7');
    const waiting = waiter.query('UPDATE customers SET name = 2 WHERE id = 7');
    const sleeping = sleeper.query('SELECT id, SLEEP(1) FROM customers WHERE id = 9');
    await sleep(300);
    const answer = await read('activity');
    await blocker.query('ROLLBACK');
    await Promise.all([waiting, sleeping]);
    await Promise.all([blocker, waiter, sleeper].map((one) => one.end()));
    expect(answer.outcome.state).toBe('ok');
    const { query_hash } = tools.template('UPDATE customers SET name = 2 WHERE id = 7');
    expect(answer.rows.wait_deltas).toContainEqual(
      expect.objectContaining({
        query_hash,
        wait_class: 'lock',
        wait_event: 'innodb row lock',
        database_name: 'shop',
        samples: 1,
      }),
    );
    const slept = answer.rows.wait_deltas?.find(
      (row) => row.query_hash === tools.template('SELECT id, SLEEP(1) FROM customers WHERE id = 9').query_hash,
    );
    expect(slept).toMatchObject({ wait_event: 'User sleep', wait_class: 'other' });
    const metric = (name: string) => answer.rows.instance_metrics?.find((row) => row.metric === name)?.value;
    expect([metric('sessions.active'), metric('sessions.idle_in_transaction')]).toEqual([2, 1]);
  });

  it.each(['metrics', 'waits'] as const)('reads %s twice', async (aspect) => {
    await read(aspect);
    await client.query('INSERT INTO customers VALUES (902, 1, 1)');
    await client.query('DELETE FROM customers WHERE id = 902');
    const answer = await read(aspect);
    expect(answer.outcome.state).toBe('ok');
    const values = Object.fromEntries((answer.rows.instance_metrics ?? []).map(({ metric, value }) => [metric, value]));
    if (aspect === 'metrics')
      expect(values).toMatchObject({ 'database.deadlocks': 0, 'sessions.connected': expect.any(Number) });
    else expect(Object.keys(values)).toContain('waits.io.time_us');
    expect(Object.values(values).every((value) => value >= 0)).toBe(true);
  });

  it('starts anew after a restart, loses nothing that ran since, and dates it', async () => {
    const sql = 'SELECT min(id) FROM orders WHERE customer_id = 8';
    await client.query(sql);
    await read('statements');
    await read('metrics');
    await client.end();
    await sleep(2_000);
    await server.restart();
    client = await applicationOf(server, 'shop');
    for (let run = 0; run < 3; run++) await client.query(sql);
    const restarted = await read('statements').catch(() => read('statements'));
    expect(callsOf(restarted, sql)).toBe(3n);
    expect(kindsOf(await read('metrics'))).toEqual(['restart']);
    expect(connection.started_at?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });
});
