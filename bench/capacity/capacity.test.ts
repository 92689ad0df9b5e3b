import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { needOf } from './need.js';
import { batches_per_minute, bottleneckOf, bytesText, capacityPage } from './page.js';
import { unitCosts } from './unit-costs.js';
import type { Results } from './unit-costs.js';

const resultsOf = (name: string): Results =>
  JSON.parse(readFileSync(new URL(`../../results/${name}.json`, import.meta.url), 'utf8')) as Results;
const costs = unitCosts(resultsOf);
const needs = [100, 1_000, 10_000].map((instances) => needOf(instances, 15, costs));

describe('what a fleet needs', () => {
  it('grows with the fleet in everything that rows cause', () => {
    for (const name of [
      'messages_s',
      'rows_s',
      'kafka_bytes_s',
      'state_bytes_s',
      'store_disk_bytes',
      'collector_cores',
    ] as const)
      expect(needs.map((need) => need[name] / need.instances)).toEqual(
        needs.map(() => expect.closeTo((needs[0]?.[name] ?? 0) / 100, 6)),
      );
  });

  it('has inserts that grow with partitions, not with instances, once sinks gather', () => {
    for (const { inserts_s, partitions } of needs) expect(inserts_s).toBeLessThanOrEqual(4 * partitions);
  });

  it('is one hundred instances of seven hundred rows a minute', () => {
    expect(needs[0]).toMatchObject({ messages_s: 25, partitions: 12 });
    expect(needs[0]?.rows_s).toBeCloseTo(1166.7, 1);
  });

  it('names one thing that gives out first for each size', () => {
    for (const need of needs) expect(bottleneckOf(need).length).toBeGreaterThan(80);
  });
});

it('counts a batch for each reading of a PostgreSQL at its default intervals', () => {
  expect(batches_per_minute).toBeGreaterThan(14);
  expect(batches_per_minute).toBeLessThan(30);
});

it('names the command of every unit cost on the page', () => {
  const page = capacityPage(resultsOf);
  for (const { command, text } of Object.values(costs)) expect(page).toContain(`${text} | \`${command}\``);
});

it('does not compute with a figure that is not there', () => {
  const without = (name: string): Results => ({ ...resultsOf(name), figures: [] });
  expect(() => unitCosts(without)).toThrow('has no figure');
});

it.each([
  [999, '999 B'],
  [1_500, '1.50 kB'],
  [2_500_000_000_000, '2.50 TB'],
])('%i bytes are written %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
