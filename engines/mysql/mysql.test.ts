import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf, counted, deltasOf, kindsOf, Shop, textOf, tools } from './testing/shop.js';
import { applicationOf, describeOnServers } from './testing/tools.js';

describeOnServers('what statements and sessions did', (binaries) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(binaries);
  });
  afterAll(() => shop.close());

  it('sets a baseline at the first reading and then tells exactly what ran, and nothing of its own', async () => {
    const first = await shop.read('statements');
    expect(first.outcome.state).toBe('ok');
    expect(first.rows).toEqual({});
    for (let run = 0; run < 7; run++) await shop.client.query(`SELECT count(*) FROM orders WHERE customer_id = ${run}`);
    const second = await shop.read('statements');
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
    expect(callsOf(await shop.read('statements'), 'SELECT count(*) FROM orders WHERE customer_id = 5')).toBe(0n);
  });

  it('adds up exactly under concurrent load, with the histogram of each window where the server has one', async () => {
    const sql = 'SELECT sum(id) FROM orders WHERE id < ';
    const clients = await Promise.all([1, 2, 3].map(() => applicationOf(shop.server, 'shop')));
    let [calls, bucketed] = [0n, 0n];
    const tell = async (): Promise<void> => {
      for (const row of deltasOf(await shop.read('statements'), `${sql}5`)) {
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
    await shop.read('statements');
    let told_us = 0n;
    for (let reading = 0; reading < 3; reading++) {
      for (let run = 0; run < 9; run++) await shop.client.query(sql + run);
      for (const row of deltasOf(await shop.read('statements'), `${sql}5`)) told_us += row.total_time_us;
    }
    const [rows] = await shop.client.query(`SELECT CAST(SUM_TIMER_WAIT AS CHAR) AS ps
      FROM performance_schema.events_statements_summary_by_digest WHERE DIGEST_TEXT LIKE 'SELECT AVG%'`);
    expect(told_us).toBe(BigInt((rows as { ps: string }[])[0]?.ps ?? '0') / 1_000_000n);
  });

  it('tells statements that a driver prepared, and says when some were closed before they were read', async () => {
    const sql = 'SELECT note FROM orders WHERE customer_id = ? AND id > ?';
    await shop.read('statements');
    const one = await applicationOf(shop.server, 'shop');
    const other = await applicationOf(shop.server, 'shop');
    for (let run = 0; run < 5; run++) await one.execute(sql, [run, 5]);
    for (let run = 0; run < 3; run++) await other.execute(sql, [run, 5]);
    await counted(one, other);
    const answer = await shop.read('statements');
    expect([callsOf(answer, sql), answer.outcome.state]).toEqual([8n, 'ok']);
    expect(deltasOf(answer, sql)).toMatchObject([{ database_name: 'shop' }]);
    expect(answer.rows.queries?.some(({ template }) => template === tools.template(sql).template)).toBe(true);
    for (let run = 0; run < 4; run++) await one.execute(sql, [run, 5]);
    for (let run = 0; run < 2; run++) await other.execute(sql, [run, 5]);
    await counted(one, other);
    await one.end();
    const after = await shop.read('statements');
    await other.end();
    expect(callsOf(after, sql)).toBe(binaries.family === 'mysql' ? 6n : 2n);
    if (binaries.family === 'mysql') expect(after.outcome.state).toBe('ok');
    else expect(after.outcome).toMatchObject({ state: 'degraded', message: expect.stringMatching(/^4 runs/) });
  });

  it('counts on through a TRUNCATE of the digests and says so', async () => {
    const sql = 'SELECT max(id) FROM orders WHERE customer_id = 3';
    for (let run = 0; run < 5; run++) await shop.client.query(sql);
    expect(callsOf(await shop.read('statements'), sql)).toBe(5n);
    await shop.client.query('TRUNCATE performance_schema.events_statements_summary_by_digest');
    for (let run = 0; run < 2; run++) await shop.client.query(sql);
    const after = await shop.read('statements');
    expect(deltasOf(after, sql)).toMatchObject([{ calls: 2n, flags: ['counter_reset'], min_time_us: null }]);
    expect(kindsOf(after)).toContain('counter_reset events_statements_summary_by_digest');
  });

  it('marks a text that the server stopped reading, and no other', async () => {
    await shop.read('statements');
    const long = Array.from({ length: 200 }, (_, place) => `id AS a_long_name_of_a_column_${place}`).join(', ');
    await shop.client.query(`SELECT ${long} FROM orders LIMIT 1`);
    await shop.client.query(`SELECT ${Array.from({ length: 100 }, () => '1 + 1').join(' + ')} FROM orders LIMIT 1`);
    const { queries } = (await shop.read('statements')).rows;
    expect(queries?.map(({ template, is_truncated }) => [template.slice(7, 10), is_truncated]).sort()).toEqual([
      ['? +', 0],
      ['id ', 1],
    ]);
  });

  it('samples what runs and what waits for a row', async () => {
    await shop.read('activity');
    tools.advance(1_000);
    const blocker = await applicationOf(shop.server, 'shop');
    const [waiter, sleeper] = [await applicationOf(shop.server, 'shop'), await applicationOf(shop.server, 'shop')];
    await blocker.query('START TRANSACTION');
    await blocker.query('UPDATE customers SET name = 1 WHERE id = 7');
    const waiting = waiter.query('UPDATE customers SET name = 2 WHERE id = 7');
    const sleeping = sleeper.query('SELECT id, SLEEP(1) FROM customers WHERE id = 9');
    await sleep(300);
    const answer = await shop.read('activity');
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
    await shop.read(aspect);
    await shop.client.query('INSERT INTO customers VALUES (902, 1, 1)');
    await shop.client.query('DELETE FROM customers WHERE id = 902');
    const answer = await shop.read(aspect);
    expect(answer.outcome.state).toBe('ok');
    const values = Object.fromEntries((answer.rows.instance_metrics ?? []).map(({ metric, value }) => [metric, value]));
    if (aspect === 'metrics')
      expect(values).toMatchObject({
        'database.deadlocks': 0,
        'sessions.connected': expect.any(Number),
        'statements.time_us': expect.any(Number),
      });
    else expect(Object.keys(values)).toContain('waits.io_time_us');
    expect(Object.values(values).every((value) => value >= 0)).toBe(true);
  });

  it('starts anew after a restart, loses nothing that ran since, and dates it', async () => {
    const sql = 'SELECT min(id) FROM orders WHERE customer_id = 8';
    await shop.client.query(sql);
    await shop.read('statements');
    await shop.read('metrics');
    // A server that counts its life in whole seconds is not seen to start anew within three of its last start.
    await sleep(4_000);
    await shop.restart();
    for (let run = 0; run < 3; run++) await shop.client.query(sql);
    const restarted = await shop.read('statements').catch(() => shop.read('statements'));
    expect(callsOf(restarted, sql)).toBe(3n);
    expect(kindsOf(await shop.read('metrics'))).toEqual(['restart']);
    expect(shop.connection.started_at?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });
});
