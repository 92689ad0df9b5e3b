import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWorld } from '@plumbline/analytics/testing/world';
import type { World } from '@plumbline/analytics/testing/world';
import { readCapture } from './capture-file.js';
import { replay } from './replay.js';
import type { Told } from './replay.js';
import { scenarios } from './scenarios.js';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** Half as often as the benchmark: a judgement of a store is most of this suite's time. */
const judged_every_s = 20;

const told = new Map<string, Promise<readonly Told[]>>();
function toldOf(name: string): Promise<readonly Told[]> {
  const found = told.get(name) ?? replay(world, readCapture(name), judged_every_s);
  told.set(name, found);
  return found;
}

/** What is found today and may not be lost; all of it, with what is missed: npm run bench -- quality. */
const floors = [
  { name: 'index-dropped', statement: 'customer_orders', cause: 'index_dropped' },
  { name: 'lock-pile-up', statement: 'branch_update', cause: 'waits_grew' },
  { name: 'table-bloated', statement: 'session_states', cause: 'table_bloated' },
  { name: 'cost-shifted', statement: 'sold_many', cause: 'cost_shifted' },
  { name: 'table-grown', statement: 'viewed_pages', cause: 'table_grew' },
  { name: 'setting-random-page-cost', statement: 'product_sales', cause: 'setting_changed' },
] as const;
const most_points = 20;

test.each(floors)('$name: $statement is told in time, dated to two intervals, and $cause named', async (floor) => {
  const found = (await toldOf(floor.name)).find(({ statement }) => statement === floor.statement);
  expect(found?.cause).toBe(floor.cause);
  expect(found?.after_s).toBeLessThanOrEqual(2 * most_points);
  expect(Math.abs(found?.onset_error_s ?? Infinity)).toBeLessThanOrEqual(5);
});

test.each(floors)('$name: no statement is told that the fault left alone', async ({ name }) => {
  const slower = scenarios.find((scenario) => scenario.name === name)?.slower ?? {};
  const others = (await toldOf(name)).filter(({ statement }) => slower[statement] === undefined);
  expect(others).toEqual([]);
});

test.each(['untouched-1', 'restart'])('%s: nothing is told', async (name) => {
  expect(await toldOf(name)).toEqual([]);
});
