import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { dialects, type Dialect } from '@plumbline/contracts';
import { normalize, normalizer_version } from './index.js';

const lines = (path: string): readonly string[] =>
  readFileSync(new URL(path, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'));

/** All that normalizing gives for the statement cut at every place, in every dialect, in one short word. */
function everyCut(sql: string): string {
  const digest = createHash('md5');
  for (const dialect of dialects) {
    for (let length = 0; length <= sql.length; length++) {
      const cut = normalize(sql.slice(0, length), dialect);
      digest.update(`${cut.template}\n${cut.hints}\n${cut.render()}\n${cut.statement_class} ${cut.is_truncated}\n`);
    }
  }
  return digest.digest('hex').slice(0, 8);
}

function goldenLine(sql: string, dialect: Dialect): string {
  const { query_hash, template } = normalize(sql, dialect);
  return `${query_hash} ${everyCut(sql)} ${template}`;
}

/**
 * A line here is: hash, digest of every cut, template. Hashes are keys in stored tables: a changed line asks for a
 * higher `normalizer_version` and, for a new corpus statement, the line that this test prints.
 */
test.each(dialects)('every %s statement of the corpus keeps the hash and template it is stored under', (dialect) => {
  const statements = lines(`./testdata/corpus/${dialect}.sql`);
  const written = statements.map((sql) => goldenLine(sql, dialect));
  expect([`version ${normalizer_version}`, ...written]).toEqual(lines(`./testdata/golden/${dialect}.txt`));
});
