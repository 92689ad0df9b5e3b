import { describe, expect, it } from '@jest/globals';
import { SourceError, instanceId, type AspectName } from '@plumbline/contracts';
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { aspectNames } from './aspects.js';
import { collectAspect } from '../shared/collect-aspect.js';
import { collecting } from './connection.js';
import { Fields } from './fields.js';
import { default_options } from './options.js';
import { collectTools } from './testing/tools.js';
import type { Family, ServerFacts, Source } from './source.js';

const facts = (family: Family): ServerFacts => ({
  ...{ family, server_version: family === 'mysql' ? '9.7.4' : '10.11.19', account: "'m'@'%'", database_name: 'shop' },
  version: family === 'mysql' ? [9, 7, 4] : [10, 11, 19],
  ...{ has_performance_schema: true, longest_digest_bytes: 1024, longest_sample_bytes: 1024, started_at: new Date(0) },
  ...{ has_backslash_escapes: true, digest_places: 10_000 },
});

/** Every column name that any statement of the engine gives its rows. */
const folder = new URL('./collect/', import.meta.url);
const columns = [
  ...new Set(
    readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .flatMap((file) =>
        [...readFileSync(new URL(file, folder), 'utf8').matchAll(/\bAS (\w+)/g)].map(([, name]) => name ?? ''),
      ),
  ),
  ...['EXPLAIN', 'Code', 'Message', 'server', 'missing', 'name', 'table_name'],
];

const odd_values = fc.oneof(
  fc.constantFrom<unknown[]>(null, undefined, '', '0', 'YES', -1, 1.5, NaN, true, {}, [], new Date(0)),
  fc.constantFrom<unknown[]>('18446744073709551615', '99999999999999999999999', '1e9', '0x7', '-5', '2026-99-99 00:00'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('\ud800', 'a\0b', '`', "'", '/*', '{"query_block":{}}', '{"query_plan":[]}', 'ab', 'PRIMARY'),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  fc.constant('SELECT `a` '.repeat(20_000)),
);
const rows = fc.array(fc.dictionary(fc.constantFrom(...columns), odd_values, { maxKeys: 30 }), { maxLength: 4 });

const sourceOf = (family: Family, answers: readonly (readonly unknown[])[]): Source => {
  let place = 0;
  return {
    facts: facts(family),
    read: (_lane, work) =>
      work(() => Promise.resolve((answers[place++ % answers.length] ?? []).map((row) => new Fields(row)))),
    close: () => Promise.resolve(),
  };
};

const read = async (aspect: AspectName, source: Source): Promise<void> => {
  const tools = collectTools();
  const reading = { instance_id: instanceId('fuzzed'), source, tools, options: default_options };
  const first = await collectAspect(collecting, aspect, undefined, reading);
  await collectAspect(collecting, aspect, JSON.parse(JSON.stringify(first.state)), reading);
};

describe.each(['mysql', 'mariadb'] as const)('rows of %s that no server should give', (family) => {
  it.each(aspectNames)('give %s an answer, or an error that names the column', async (aspect) => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 6 }), async (answers) => {
        await read(aspect, sourceOf(family, answers)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(SourceError);
          expect((error as SourceError).message).not.toContain('in the program itself');
        });
      }),
      { numRuns: 40 },
    );
  });
});
