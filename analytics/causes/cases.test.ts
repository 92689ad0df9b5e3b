import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Cause } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { parse } from 'yaml';
import { at } from '../testing/world.js';
import type { CauseFacts, CauseRule } from './cause.js';
import { cause_rules, directness, isOwnCause, nameCause, unknown_cause } from './index.js';

/** One file of causes/*.cases.yml. Facts left out are those of `quiet`; null means that it explains nothing. */
interface CauseCase {
  readonly title: string;
  readonly facts: Partial<CauseFacts>;
  readonly expect: Partial<Cause> | null;
}

/** A query of public.orders, four times slower, around which nothing else happened. */
const quiet: CauseFacts = {
  query_hash: 'aa',
  uses: [{ schema: 'public', table: 'orders' }],
  onset_after: utc(at('2026-11-20 10:00:00')),
  onset_at: utc(at('2026-11-20 10:00:10')),
  events: [],
  tables: [],
  waits: [],
  effect_ratio: 4,
  calls_ratio: 1,
  rows_per_call_before: 5,
  rows_per_call_after: 5,
  instance_shift_ratio: 1,
  lost: [],
  others_calls_ratio: 1,
  extra_load: 1,
};

const folder = new URL('./', import.meta.url);
const suffix = '.cases.yml';
const files = readdirSync(folder).filter((name) => name.endsWith(suffix));
const nameOf = (rule: CauseRule): string => rule.kind.replaceAll('_', '-');

test('every cause has its cases', () => {
  expect(files.map((file) => file.slice(0, -suffix.length)).sort()).toEqual(cause_rules.map(nameOf).sort());
});

describe.each(cause_rules.map((rule) => ({ name: nameOf(rule), rule })))('$name', ({ name, rule }) => {
  const { cases } = parse(readFileSync(new URL(`${name}${suffix}`, folder), 'utf8')) as { cases: readonly CauseCase[] };

  test.each(cases)('$title', ({ facts, expect: expected }) => {
    const explained = rule.explain({ ...quiet, ...facts });
    const found = explained && { kind: rule.kind, ...explained };
    if (expected === null) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  test('has a case that it explains and one that it does not', () => {
    expect(new Set(cases.map((one) => one.expect === null))).toEqual(new Set([true, false]));
  });

  test('says nothing where nothing happened', () => expect(rule.explain(quiet)).toBeUndefined());
});

test('the most direct of two explanations is named, nothing is unknown', () => {
  const [dropped] = (
    parse(readFileSync(new URL(`index-dropped${suffix}`, folder), 'utf8')) as { cases: readonly CauseCase[] }
  ).cases;
  expect(nameCause({ ...quiet, ...dropped?.facts, calls_ratio: 9 }).kind).toBe('index_dropped');
  expect(nameCause({ ...quiet, calls_ratio: 9 }).kind).toBe('calls_grew');
  expect(nameCause(quiet)).toBe(unknown_cause);
  expect(directness('index_dropped')).toBe(0);
  expect(directness('unknown')).toBe(cause_rules.length);
  expect(isOwnCause('waits_grew')).toBe(false);
  expect(isOwnCause('calls_grew')).toBe(true);
});
