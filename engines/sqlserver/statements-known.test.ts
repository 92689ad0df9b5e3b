import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import type pg from 'pg';
import type { LocalServer } from '../postgresql/local-server.js';
import { temporaryServer } from '../postgresql/testing/tools.js';
import { respelled, positional } from '../testing/relational/spelling.js';
import type { ServerFacts } from './source.js';
import { statement, variant } from './statement.js';
import { handleRows, idList } from './parameter-lists.js';
import { spelling } from './testing/session-double.js';
import { createDatabase } from './testing/stand-in.js';

/** What stands in place of each `{{…}}`. */
const entry = { sql_handle: '0xaa', plan_handle: '0xbb', start_offset: 0, end_offset: -1 };
const [ids, entries] = [idList(['1']), handleRows([entry])];
const filled: Readonly<Record<string, string>> = {
  ids: ids.text,
  names: "'Batch Requests/sec'",
  entries: entries.text,
};
const listed = { ...ids.parameters, ...entries.parameters };
const binds: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.entries(listed).map(([name, { value }]) => [name, value])),
  ...{ since: new Date(0), longest: 10, most: 10, first: '1', last: '2' },
};
const files = readdirSync(new URL('./collect/', import.meta.url)).filter((name) => name.endsWith('.sql'));

/** Each file with the versions it is written for: those from its own up to the next variant's. */
const asked = files.map((file) => {
  const [noun = '', since = '13'] = file.replace('.sql', '').split('@');
  const newer = files.flatMap((name) => (name.startsWith(`${noun}@`) ? [Number(/@(\d+)/.exec(name)?.[1])] : []));
  const next = newer.filter((major) => major > Number(since));
  return { file, since: Number(since), before: Math.min(...next, 18) };
});

let server: LocalServer;
beforeAll(async () => {
  server = await temporaryServer({ prefer: 'system' });
});
afterAll(() => server.stop());

describe.each([13, 14, 15, 16, 17])('With the columns that version %i documents', (major) => {
  let client: pg.Client;
  beforeAll(async () => {
    ({ client } = await createDatabase(server, `v${major}`, major));
  });
  afterAll(() => client.end());

  const run = (sql: string): Promise<unknown> => {
    const whole = sql.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => filled[name] ?? '');
    const { text, values } = positional(respelled(whole, spelling), binds, '@');
    return client.query(text, [...values]);
  };

  const of_this = asked
    .filter(({ before }) => major < before)
    .map(({ file, since }) => ({ file, verdict: since <= major ? 'runs' : 'does not run, being for later' }));
  it.each(of_this)('$file $verdict', async ({ file, verdict }) => {
    if (verdict === 'runs') await expect(run(statement(file))).resolves.toBeDefined();
    else await expect(run(statement(file))).rejects.toThrow(/does not exist/);
  });

  it('a column that is not documented does not run', async () => {
    await expect(run(statement('plan-cache.sql').replace('s.query_hash', 's.query_hush'))).rejects.toThrow(
      /query_hush does not exist/,
    );
  });
});

describe('A statement of ours', () => {
  it.each(files)('%s says what it reads and needs, and carries our mark', (file) => {
    expect(statement(file)).toMatch(/SELECT \/\* plumbline \*\//);
    expect(statement(file)).not.toContain('--');
  });

  it.each([
    { noun: 'query-store', majors: [14], major: 13, contains: 'CAST(0 AS float) AS avg_log_bytes_used' },
    { noun: 'query-store', majors: [14], major: 16, contains: 's.avg_log_bytes_used' },
    { noun: 'plan-cache', majors: [15], major: 14, contains: 'CAST(0 AS bigint) AS total_spills' },
    { noun: 'plan-cache', majors: [15], major: 15, contains: 's.total_spills' },
  ])('is the $noun of version $major', ({ noun, majors, major, contains }) => {
    expect(variant(noun, { major } as ServerFacts, majors)).toContain(contains);
  });
});
