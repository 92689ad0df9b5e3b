import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StoreError } from './store-error.js';
import type { Store } from './store.js';

/* eslint-disable max-lines-per-function -- a suite, made by a function so that it can be run against each store */
/** What every store must do; run against each implementation (store.test.ts here, and over HTTP in the server). */
export function storeContract(name: string, open: () => Promise<{ store: Store; close: () => Promise<void> }>): void {
  describe(`the store contract, ${name}`, () => {
    let store: Store;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ store, close } = await open());
      await store.command(
        `CREATE TABLE facts (id UInt64, name String, at DateTime64(3, 'UTC'), size Nullable(Float64))
         ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
      );
    });
    afterAll(() => close());

    const at = '2026-11-21 06:26:50.123';
    const line = (id: bigint | number, text: string): string =>
      JSON.stringify({ id: id.toString(), name: text, at, size: null });
    const count = async (where: string): Promise<number> =>
      Number((await store.query<{ n: string }>(`SELECT count() AS n FROM facts WHERE ${where}`))[0]?.n);

    test('a 64-bit number, a time and a null come back as they went in', async () => {
      await store.insert('facts', line(18446744073709551615n, 'widest'), { token: 'widest' });
      const rows = await store.query("SELECT id, at, size FROM facts WHERE name = 'widest'");
      expect(rows).toEqual([{ id: '18446744073709551615', at, size: null }]);
    });

    test('the same token again is the same insert', async () => {
      const rows = [line(1, 'token'), line(2, 'token')].join('\n');
      await store.insert('facts', rows, { token: 'once' });
      await store.insert('facts', rows, { token: 'once' });
      await store.insert('facts', rows, { token: 'twice' });
      expect(await count("name = 'token'")).toBe(4);
    });

    test.each([
      ['an empty line', `${line(3, 'blank')}\n\n${line(4, 'blank')}`, 'line 2 of the rows to insert is empty'],
      ['a statement after an empty line', `${line(3, 'blank')}\n\nDROP TABLE facts`, 'line 2'],
      ['an empty first line', `\n${line(3, 'blank')}`, 'line 1'],
      ['a second newline at the end', `${line(3, 'blank')}\n\n`, 'line 2'],
      ['nothing', '', 'line 1'],
      ['a line that is no object', `${line(3, 'blank')}\n[1]`, 'line 2 of the rows to insert is not one JSON object'],
      ['carriage returns', `${line(3, 'blank')}\r\n\r\n${line(4, 'blank')}`, 'line 1'],
    ])('an insert with %s is refused before anything is sent', async (_case, rows, message) => {
      await expect(store.insert('facts', rows, { token: 'blank' })).rejects.toThrow(message);
      expect(await count("name = 'blank'")).toBe(0);
    });

    test('an insert without a token is refused', async () => {
      await expect(store.insert('facts', line(5, 'x'), { token: '' })).rejects.toThrow('no deduplication token');
    });

    test.each([
      ['newlines and a semicolon', "a\n\n; DROP TABLE facts; --'"],
      ['quotes and backslashes', `'"\`\\ \\' \\n`],
      ['a NUL', 'a\0b'],
      ['an emoji', '😀'],
    ])('%s survives an insert and a parameter', async (_case, text) => {
      await store.insert('facts', line(6, text), { token: `text ${text.length} ${text.slice(0, 9)}` });
      const rows = await store.query<{ name: string }>('SELECT name FROM facts WHERE name = {text:String}', {
        params: { text },
      });
      expect(rows.map(({ name }) => name)).toEqual([text]);
    });

    // Not as a parameter: over HTTP those travel in the address, which holds a few kilobytes.
    test('a text of a megabyte is stored whole', async () => {
      await store.insert('facts', line(61, 'long'.repeat(250_000)), { token: 'megabyte' });
      expect(await store.query('SELECT length(name) AS size FROM facts WHERE id = 61')).toEqual([{ size: '1000000' }]);
    });

    test('half of a surrogate pair becomes the replacement character, and the rest of the batch is kept', async () => {
      await store.insert('facts', [line(70, 'cut \ud83d'), line(71, 'kept \\ud83d')].join('\n'), { token: 'half' });
      const rows = await store.query('SELECT name FROM facts WHERE id IN (70, 71) ORDER BY id');
      expect(rows).toEqual([{ name: 'cut \ufffd' }, { name: 'kept \\ud83d' }]);
    });

    test('an insert of an unknown column is an error, not a row without it', async () => {
      const row = JSON.stringify({ id: '8', name: 'unknown', surprise: 1 });
      await expect(store.insert('facts', row, { token: 'unknown' })).rejects.toMatchObject({ code: 117 });
      expect(await count("name = 'unknown'")).toBe(0);
    });

    test('an insert into a name that is not a table name is refused', async () => {
      await expect(store.insert('facts; DROP', line(9, 'x'), { token: 't' })).rejects.toThrow('not a table');
    });

    test("a failed statement carries ClickHouse's code and leaves the store working", async () => {
      const failing = store.query('SELECT throwIf(number = 300000), toString(number) FROM numbers(1000000)');
      await expect(failing).rejects.toBeInstanceOf(StoreError);
      await expect(store.query('SELECT nothing_like_this')).rejects.toMatchObject({ code: 47 });
      expect(await store.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    test('settings hold for their own statement only', async () => {
      const settings = { max_result_rows: 10, result_overflow_mode: 'throw' };
      await expect(store.query('SELECT number FROM numbers(100)', { settings })).rejects.toMatchObject({ code: 396 });
      expect(await store.query('SELECT number FROM numbers(100)')).toHaveLength(100);
    });

    test('parameters of many statements at once do not mix', async () => {
      const asked = Array.from({ length: 40 }, (_, n) => n);
      const answers = await Promise.all(
        asked.map((n) => store.query<{ n: number }>('SELECT {n:UInt32} AS n', { params: { n } })),
      );
      expect(answers.map(([row]) => row?.n)).toEqual(asked);
    });

    test('aborting stops the statement in the engine', async () => {
      const abort = new AbortController();
      const running = store.query(
        "SELECT count(), 'to be aborted' FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))",
        { signal: abort.signal },
      );
      setTimeout(() => abort.abort(new Error('enough')), 200);
      await expect(running).rejects.toThrow();
      const still = async (): Promise<number> =>
        (
          await store.query(
            "SELECT 1 FROM system.processes WHERE query LIKE '%to be%aborted%' AND query NOT LIKE '%processes%'",
          )
        ).length;
      for (let tries = 0; tries < 50 && (await still()) > 0; tries += 1) await new Promise((go) => setTimeout(go, 50));
      expect(await still()).toBe(0);
    });

    test('an abort before the start sends nothing', async () => {
      const signal = AbortSignal.abort(new Error('never'));
      await expect(store.insert('facts', line(10, 'aborted'), { token: 'aborted', signal })).rejects.toThrow('never');
      expect(await count("name = 'aborted'")).toBe(0);
    });

    test('ten thousand rows go in with one insert', async () => {
      const rows = Array.from({ length: 10_000 }, (_, n) => line(1_000_000 + n, 'many'));
      await store.insert('facts', `${rows.join('\n')}\n`, { token: 'many' });
      expect(await count("name = 'many'")).toBe(10_000);
    });
  });
}
