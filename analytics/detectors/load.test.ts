import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loadDetectors } from './load.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const body = (name: string, example = "{ before: 'a', after: 'b' }", reason = 'because') =>
  `const detector = { name: '${name}', summary: 's', needs: [], example: ${example}, ` +
  `thresholds: [{ name: 'min_rows', value: 1, reason: '${reason}' }], detect: async () => [] };\nexport default detector;\n`;

function folderOf(files: Readonly<Record<string, string>>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-detectors-'));
  folders.push(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
}

describe('the detector loader', () => {
  test('finds every detector of its folder', async () => {
    const names = (await loadDetectors()).map(({ detector }) => detector.name);
    expect(names).toEqual([
      'deep-offset',
      'duplicate-index',
      'implicit-conversion',
      'join-fan-out',
      'late-filter',
      'missing-index',
      'n-plus-one',
      'non-sargable-predicate',
      'partition-pruning',
      'reflection-missing',
      'reflection-unused',
      'select-star',
      'small-files',
      'stale-statistics',
      'unused-index',
      'work-mem-spill',
    ]);
  });

  test('takes a new file with its cases without any registration', async () => {
    const folder = folderOf({
      'new-idea.js': `/** What\n * it does. */\n${body('new-idea')}`,
      'new-idea.cases.yml': '[]',
    });
    expect(await loadDetectors(folder)).toMatchObject([{ detector: { name: 'new-idea' }, doc: 'What it does.' }]);
  });

  test.each([
    ['no doc comment', { 'a.js': body('a'), 'a.cases.yml': '' }, /a: no doc comment/],
    ['no case file', { 'a.js': `/** A. */\n${body('a')}` }, /a: no a\.cases\.yml/],
    ['no example', { 'a.js': `/** A. */\n${body('a', "{ before: '', after: '' }")}`, 'a.cases.yml': '' }, /no example/],
    ['a name that is not the file’s', { 'a.js': `/** A. */\n${body('b')}`, 'a.cases.yml': '' }, /calls itself "b"/],
    [
      'a threshold without a reason',
      { 'a.js': `/** A. */\n${body('a', undefined, '')}`, 'a.cases.yml': '' },
      /min_rows has no reason/,
    ],
    ['no default export', { 'a.js': 'export const b = 1;' }, /a: no default export/],
  ])('refuses a detector with %s', async (_what, files, message) => {
    await expect(loadDetectors(folderOf(files))).rejects.toThrow(message);
  });

  test('tells all that is wrong at once', async () => {
    const folder = folderOf({ 'a.js': body('a'), 'b.js': body('b') });
    await expect(loadDetectors(folder)).rejects.toThrow(/a: no doc.*a: no a.*b: no doc.*b: no b/s);
  });
});
