import { describe, expect, it } from '@jest/globals';
import { PlanCacheHistory } from './testing/cache.js';
import { hashOf, QueryStoreHistory } from './testing/history.js';
import { setQueryStore, type StandIn, type StandInDatabase } from './testing/stand-in.js';
import { serverAtNoon } from './testing/server-at-noon.js';
import { underTest, type UnderTest } from './testing/under-test.js';
import { after } from './testing/tools.js';

const sql = 'SELECT total FROM dbo.orders WHERE customer_id = 5';

describe('Plans that ran', () => {
  let stand_in: StandIn;
  let master: StandInDatabase;
  let shop: StandInDatabase;
  let under: UnderTest;
  serverAtNoon((server) => {
    ({ stand_in, master, shop, under } = server);
  });

  const xmlOf = (table: string): string =>
    `<ShowPlanXML><StmtSimple StatementSubTreeCost="2.5"><QueryPlan><RelOp PhysicalOp="Table Scan" LogicalOp="Table Scan"><TableScan><Object Schema="[dbo]" Table="[${table}]"/></TableScan></RelOp></QueryPlan></StmtSimple></ShowPlanXML>`;

  it('tells each plan of Query Store once, and a change only when no plan of before runs any more', async () => {
    const store = new QueryStoreHistory(shop);
    const stored = await store.statement(sql);
    const hashes = [1, 2, 3].map((number) => hashOf(number));
    const plans: number[] = [];
    for (const hash of hashes) plans.push(await store.plan(stored, hash, xmlOf('orders')));
    const run = async (place: number, minute: number): Promise<void> => {
      const interval = await store.interval(after(minute), 1);
      await store.run(plans[place] ?? 0, interval, { times: 1, at: after(minute) });
    };
    await run(0, -10);
    const first = await under.read('plans');
    expect(first.rows.plans).toMatchObject([{ plan_hash: hashes[0], total_cost: 2.5, origin: 'sampled' }]);
    await run(0, 4);
    await run(1, 5);
    await under.at(after(10));
    const second = await under.read('plans');
    expect(second.rows.plans?.map(({ plan_hash }) => plan_hash)).toEqual([hashes[1]]);
    expect(second.rows.instance_events).toEqual([]);
    await run(2, 15);
    await under.at(after(20));
    const third = await under.read('plans');
    expect(third.rows.instance_events).toMatchObject([
      { kind: 'plan_changed', before: hashes[1], after: hashes[2], database_name: 'shop' },
    ]);
    await store.clear();
  });

  it('reads those of the cache for the other databases, and says of one that it cannot be read', async () => {
    await setQueryStore(stand_in.database('crm'), { actual_state: 0 });
    const cache = new PlanCacheHistory(master);
    await cache.free();
    const one = { text: sql, database_id: 6, created: '2026-11-20 13:00:00' };
    await cache.put({ ...one, query_plan: xmlOf('orders'), plan_hash: hashOf(9) }, { executions: 5 });
    await cache.put(
      { ...one, text: `${sql} AND 1 = 1`, query_plan: 'no plan', plan_hash: hashOf(8) },
      { executions: 1 },
    );
    const other = await underTest(stand_in);
    const answer = await other.read('plans');
    const again = await other.read('plans');
    await other.close();
    expect(answer.rows.plans?.map(({ plan_hash }) => plan_hash)).toEqual([hashOf(9)]);
    expect(answer.outcome.message).toContain('1 plans could not be read');
    expect(again.rows.plans).toEqual([]);
    await setQueryStore(stand_in.database('crm'), {});
    await cache.free();
  });
});
