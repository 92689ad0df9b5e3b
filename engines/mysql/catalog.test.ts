import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Collected } from '@plumbline/contracts';
import { callsOf, kindsOf, Shop, textOf, tools } from './testing/shop.js';
import { describeOnServers } from './testing/tools.js';

describeOnServers('what there is, and how it is planned', (binaries) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(binaries);
  });
  afterAll(() => shop.close());

  it('lets no literal out, from odd texts, conditions of plans and running statements', async () => {
    await shop.read('statements');
    const odd = [
      `SELECT id FROM orders WHERE note = 'hunter2''s "x" \\\\ /* y'`,
      `SELECT id FROM orders WHERE note > 'hunter2\\'s' AND note < "hunter2" AND amount > 77123`,
      `SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id AND c.name LIKE '%hunter2%' WHERE o.note IN ('hunter2', x'68756e74657232')`,
      `UPDATE orders SET note = 'hunter2' WHERE note = 'hunter2\n'`,
      `SELECT length('${'hunter2'.repeat(50_000)}')`,
      `CREATE USER hunter IDENTIFIED BY 'hunter2hunter2'`,
      'DROP USER hunter',
    ];
    for (const sql of odd) await shop.client.query(sql);
    if (binaries.family === 'mysql') {
      await shop.client.query(`CREATE INDEX odd ON orders ((concat(note, 'a', 'hunter2''s "x" \\\\', 'hunter2')))`);
    }
    const answers = [
      await shop.read('statements'),
      await shop.read('plans'),
      await shop.read('schema'),
      await shop.read('indexes'),
    ];
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
      await shop.client.query(sql);
      // MariaDB's history holds ten statements of a session.
      if (binaries.family === 'mariadb') shop.states.set('plans', (await shop.read('plans')).state);
    }
    shop.states.delete('plans');
    const answer = await shop.read('plans');
    const planned = new Set(answer.rows.plans?.map(({ query_hash }) => query_hash));
    const expected = binaries.family === 'mysql' ? statements : statements.slice(-10);
    expect(expected.filter((sql) => !planned.has(tools.template(sql).query_hash))).toEqual([]);
    const join = answer.rows.plans?.find(
      ({ query_hash }) => query_hash === tools.template(statements[5] ?? '').query_hash,
    );
    expect(join?.tree).toContain('"table":"customers"');
    expect((await shop.client.query('SELECT count(*) AS rows_left FROM orders WHERE id = -4'))[0]).toEqual([
      { rows_left: 0 },
    ]);
  });

  it('notices tables, indexes, columns and settings that change', async () => {
    for (const aspect of ['tables', 'indexes', 'schema', 'settings'] as const) await shop.read(aspect);
    await shop.client.query('CREATE TABLE fresh (id int)');
    await shop.client.query('ALTER TABLE orders ADD COLUMN extra int, ADD INDEX by_amount (amount DESC, note(5))');
    await shop.client.query('SET GLOBAL max_connections = 61');
    expect(kindsOf(await shop.read('tables'))).toContain('table_created shop.fresh');
    const indexes = await shop.read('indexes');
    expect(kindsOf(indexes)).toEqual(['index_created shop.orders by_amount']);
    expect(kindsOf(await shop.read('schema'))).toEqual(['column_changed shop.orders extra']);
    expect(kindsOf(await shop.read('settings'))).toEqual(['setting_changed max_connections max_connections']);
    const snapshot = (name: string) => indexes.rows.index_snapshots?.find(({ index_name }) => index_name === name);
    expect(snapshot('fk')).toMatchObject({ backs_constraint: 1, is_unique: 0, method: 'btree' });
    expect(snapshot('by_amount')).toMatchObject({ backs_constraint: 0, key_columns: ['amount', 'note'] });
    expect(Number(snapshot('PRIMARY')?.size_bytes)).toBeGreaterThan(0);
    await shop.client.query('ALTER TABLE orders DROP INDEX by_amount');
    await shop.client.query(snapshot('by_amount')?.definition ?? '');
    expect(kindsOf(await shop.read('indexes'))).toEqual([]);
    const hide = binaries.family === 'mysql' ? 'INVISIBLE' : 'IGNORED';
    await shop.client.query(`ALTER TABLE orders ALTER INDEX by_amount ${hide}`);
    expect(
      (await shop.read('indexes')).rows.index_snapshots?.find(({ index_name }) => index_name === 'by_amount')?.is_valid,
    ).toBe(0);
  });

  it('tells how tables and indexes were used, in rows', async () => {
    await shop.read('tables');
    await shop.read('indexes');
    await shop.client.query(`SELECT count(*) FROM orders WHERE amount + 0 > 5`);
    await shop.client.query(`SELECT count(note) FROM orders FORCE INDEX (fk) WHERE customer_id BETWEEN 3 AND 5`);
    await shop.client.query(`INSERT INTO customers VALUES (900, 'new', 1), (901, 'new', 1)`);
    const tables = await shop.read('tables');
    const table = (name: string) => tables.rows.table_snapshots?.find(({ table_name }) => table_name === name);
    expect(Number(table('orders')?.seq_rows_read)).toBeGreaterThan(1000);
    expect(table('customers')?.inserted_rows).toBe(2n);
    expect(table('orders')?.live_rows).toBeGreaterThan(1000n);
    const indexes = (await shop.read('indexes')).rows.index_snapshots;
    expect(indexes?.find(({ index_name }) => index_name === 'fk')?.scans).toBeGreaterThan(10n);
    expect(indexes?.find(({ index_name }) => index_name === 'by_note')?.scans).toBe(0n);
  });
});
