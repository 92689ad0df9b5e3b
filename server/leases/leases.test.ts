import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { fencedStore } from './judge-lease.js';
import { LeaseTable } from './lease-table.js';
import { Leases } from './leases.js';

let store: Store;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-leases-'));
  store = await openStore(`chdb://${directory}`);
  await migrate(store);
}, 60_000);
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const long_ms = 60_000;
const short_ms = 500;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const leasesOf = (holder: string, lapse_ms = long_ms, now_ms?: () => number) =>
  new Leases(new LeaseTable(store, holder), lapse_ms, now_ms);

async function take(leases: Leases, lease_name: string): Promise<boolean> {
  const won = await leases.seek([lease_name]);
  await leases.takeUp(won.map((one) => one.lease_name));
  return leases.holds(lease_name);
}

async function takeInTime(leases: Leases, lease_name: string): Promise<void> {
  for (const until = Date.now() + long_ms; Date.now() < until;) {
    if (await take(leases, lease_name)) return;
    await pause(50);
  }
  throw new Error(`${leases.holder} never got ${lease_name}`);
}

const unclaimed = { was_claimed_since: false };

describe('leases', () => {
  it('go to one at most, however many seek at once, and to one in the end', async () => {
    const contenders = Array.from({ length: 4 }, (_, number) => leasesOf(`contender ${number}`));
    let holding: readonly Leases[] = [];
    for (const until = Date.now() + long_ms; holding.length === 0 && Date.now() < until;) {
      const seeking = contenders.map(async (one) => {
        await pause(Math.random() * 20);
        await take(one, 'contended');
      });
      await Promise.all(seeking);
      holding = contenders.filter((one) => one.holds('contended'));
      expect(holding.length).toBeLessThanOrEqual(1);
    }
    expect(holding).toHaveLength(1);
  }, 90_000);

  it('are not held before they are taken up, and are renewed under the same term', async () => {
    const one = leasesOf('one');
    expect(await one.seek(['renewed'])).toEqual([{ ...unclaimed, lease_name: 'renewed', term: 1, last: undefined }]);
    expect(one.holds('renewed')).toBe(false);
    await one.takeUp(['renewed']);
    expect(one.holds('renewed')).toBe(true);
    expect(await one.seek(['renewed'])).toEqual([]);
    expect([one.holds('renewed'), one.termOf('renewed')]).toEqual([true, 1]);
  });

  it('that are given up go to the next at once, who is told by whom and under a higher term', async () => {
    const [before, after] = [leasesOf('before'), leasesOf('after')];
    expect(await take(before, 'given up')).toBe(true);
    expect(await after.seek(['given up'])).toEqual([]);
    await before.release(['given up']);
    expect(before.holds('given up')).toBe(false);
    const [won] = await after.seek(['given up']);
    expect(won).toEqual({ ...unclaimed, lease_name: 'given up', term: 2, last: { holder: 'before', term: 1 } });
  });

  it('keep their term while what was won is not taken up, and tell the next one of the claim', async () => {
    const [dead, waiting, next] = ['dead', 'waiting', 'next'].map((holder) => leasesOf(holder)) as [
      Leases,
      Leases,
      Leases,
    ];
    expect(await take(dead, 'resting')).toBe(true);
    await dead.release(['resting']);
    const claimed = { lease_name: 'resting', term: 2, last: { holder: 'dead', term: 1 } };
    expect(await waiting.seek(['resting'])).toEqual([{ ...claimed, ...unclaimed }]);
    expect(await waiting.seek(['resting'])).toEqual([{ ...claimed, was_claimed_since: true }]);
    expect(waiting.holds('resting')).toBe(false);
    await waiting.release(['resting']);
    expect(await next.seek(['resting'])).toEqual([{ ...claimed, term: 3, was_claimed_since: true }]);
  });

  it('of a process that says nothing more lapse, first for itself and then for others', async () => {
    const [silent, waiting] = [leasesOf('silent', short_ms), leasesOf('waiting', short_ms)];
    await takeInTime(silent, 'lapsing');
    await takeInTime(waiting, 'lapsing');
    expect([silent.holds('lapsing'), waiting.holds('lapsing')]).toEqual([false, true]);
    expect(await silent.seek(['lapsing'])).toEqual([]);
  }, 20_000);

  it('are taken up anew, under a new term, by a process that was started again under its name', async () => {
    expect(await take(leasesOf('again'), 'kept')).toBe(true);
    const restarted = leasesOf('again');
    expect(restarted.holds('kept')).toBe(false);
    expect(await restarted.seek(['kept'])).toEqual([
      { ...unclaimed, lease_name: 'kept', term: 2, last: { holder: 'again', term: 1 } },
    ]);
  });

  it('that were given up and are wanted again by the same process come under a new term', async () => {
    const fickle = leasesOf('fickle');
    expect(await take(fickle, 'wanted again')).toBe(true);
    await fickle.release(['wanted again']);
    expect(await fickle.seek(['wanted again'])).toEqual([
      { ...unclaimed, lease_name: 'wanted again', term: 2, last: { holder: 'fickle', term: 1 } },
    ]);
  });

  it('that this process was too slow to renew are held again when the store says they did not lapse', async () => {
    let skew_ms = 0;
    const paused = leasesOf('paused', long_ms, () => performance.now() + skew_ms);
    expect(await take(paused, 'away')).toBe(true);
    skew_ms = long_ms;
    expect(paused.holds('away')).toBe(false);
    expect(await paused.seek(['away'])).toEqual([]);
    expect([paused.holds('away'), paused.termOf('away')]).toEqual([true, 1]);
  });

  it('that several claimed at once and none holds go to one long before the claims lapse', async () => {
    const contenders = ['a', 'b', 'c'].map((name) => leasesOf(name));
    const claim = [{ lease_name: 'standing', term: 1, held_term: 0, lapse_ms: long_ms }];
    for (const { table } of contenders) await table.write(claim, AbortSignal.timeout(long_ms));
    for (const round of [contenders, contenders]) for (const one of round) await take(one, 'standing');
    expect(contenders.map((one) => one.holds('standing'))).toEqual([true, false, false]);
  });

  it('that two disputed have no owner to go on from', async () => {
    const [first, second] = [leasesOf('first'), leasesOf('second')];
    await first.table.write(
      [{ lease_name: 'disputed', term: 7, held_term: 0, lapse_ms: 0 }],
      AbortSignal.timeout(long_ms),
    );
    const won = { lease_name: 'disputed', term: 8, last: undefined, was_claimed_since: true };
    expect(await second.seek(['disputed'])).toEqual([won]);
  });
});

describe('the store of the jobs', () => {
  it('takes writes while the lease is held and refuses them afterwards; reads go on', async () => {
    let is_held = true;
    const fenced = fencedStore(store, () => is_held);
    await fenced.command('CREATE TABLE IF NOT EXISTS judged (n UInt8) ENGINE = MergeTree ORDER BY n');
    await fenced.insert('judged', '{"n":1}', { token: 'one' });
    is_held = false;
    await expect(fenced.insert('judged', '{"n":2}', { token: 'two' })).rejects.toThrow('another process');
    await expect(fenced.command('TRUNCATE TABLE judged')).rejects.toThrow('another process');
    expect(await fenced.query('SELECT n FROM judged')).toEqual([{ n: 1 }]);
  });
});
