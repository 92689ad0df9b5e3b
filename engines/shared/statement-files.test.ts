import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { statementFiles } from './statement-files.js';

let directory: string;
let folder: URL;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-statements-'));
  folder = pathToFileURL(`${directory}/`);
  writeFileSync(join(directory, 'tables@14.sql'), '-- Reads tables.\n-- Needs nothing.\nSELECT 1 -- one\n  AS one\n');
});
afterAll(() => rmSync(directory, { recursive: true }));

it('gives the statement without its header, comments within it left alone', () => {
  expect(statementFiles(folder)('tables@14.sql')).toBe('SELECT 1 -- one\n  AS one');
});

it('finishes each text once', () => {
  let finished = 0;
  const statement = statementFiles(folder, (text) => `${text} /* ${++finished} */`);
  expect(statement('tables@14.sql')).toBe('SELECT 1 -- one\n  AS one /* 1 */');
  expect(statement('tables@14.sql')).toBe('SELECT 1 -- one\n  AS one /* 1 */');
});

it('names the file that is missing', () => {
  expect(() => statementFiles(folder)('gone.sql')).toThrow('gone.sql');
});
