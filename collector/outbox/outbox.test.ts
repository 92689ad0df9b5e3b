import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { silent_log } from '../log.js';
import { minuteBatch, stateOf } from '../testing/batches.js';
import { openOutbox } from './open.js';
import { OutboxError, type Outbox } from './outbox.js';

const options = { max_bytes: 2 ** 24, log: silent_log };
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-outbox-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Segments, and with them the reserve, of 32 KiB. */
const fits_small_disk = { ...options, max_bytes: 2 ** 20 };

const onlySegment = (): string =>
  join(directory, readdirSync(directory).find((name) => name.startsWith('segment')) ?? '');

/** As a process leaves it that was killed, and whose pid this process has now. */
function leaveDeadHolder(at: string): void {
  rmSync(join(at, 'lock'), { force: true });
  symlinkSync(`${hostname()}/${process.pid}/1/dead`, join(at, 'lock'));
}

async function fill(outbox: Outbox, from: number, to: number, queries = 3): Promise<void> {
  for (let number = from; number < to; number += 1) {
    await outbox.append({ batch: await minuteBatch(number, queries), state: stateOf({ number }) });
  }
}

/** Exact sum of calls over all that waits, by native id. */
async function waitingCalls(outbox: Outbox): Promise<Record<string, string>> {
  const sums = new Map<string, bigint>();
  for (const { batch_id } of outbox.pending()) {
    const batch = await outbox.claim(batch_id);
    for (const line of batch?.tables.flatMap((part) => part.ndjson.split('\n')) ?? []) {
      const row = JSON.parse(line) as { native_id: string; total_time_us: string };
      sums.set(row.native_id, (sums.get(row.native_id) ?? 0n) + BigInt(row.total_time_us));
    }
  }
  return Object.fromEntries([...sums].map(([id, sum]) => [id, sum.toString()]));
}

test('what was appended is there after opening again: batches in order, claims, the last state', async () => {
  const before = await openOutbox(directory, options);
  await fill(before, 0, 4);
  const [first, second] = before.pending();
  await before.claim(first?.batch_id ?? '');
  await before.acknowledge(first?.batch_id ?? '');
  await before.claim(second?.batch_id ?? '');
  await before.close();
  const after = await openOutbox(directory, options);
  expect(after.pending().map((batch) => [batch.batch_id.slice(-21, -9), batch.is_claimed])).toEqual([
    ['06:02:00.000', true],
    ['06:03:00.000', false],
    ['06:04:00.000', false],
  ]);
  expect(await after.readState('shop', 'statements')).toEqual({ number: 3 });
  expect(await after.claim(second?.batch_id ?? '')).toEqual(await minuteBatch(1));
  await after.close();
});

test('a log cut off or damaged at any byte keeps every record written whole before it, batch and state together', async () => {
  const made = await openOutbox(directory, options);
  const ends: number[] = [];
  for (let number = 0; number < 6; number += 1) {
    await fill(made, number, number + 1);
    ends.push(statSync(onlySegment()).size);
  }
  await made.close();
  const bytes = readFileSync(onlySegment());
  const damage = fc.record({
    at: fc.nat(bytes.length - 1),
    is_cut: fc.boolean(),
    flip: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, is_cut, flip }) => {
      const damaged = is_cut ? bytes.subarray(0, at) : Buffer.from(bytes);
      if (!is_cut) damaged[at] = (damaged[at] ?? 0) ^ flip;
      writeFileSync(onlySegment(), damaged);
      const outbox = await openOutbox(directory, options);
      const whole = ends.filter((end) => end <= at).length;
      const survivors = is_cut ? whole : 5;
      expect(outbox.pending().length).toBe(survivors);
      const last = is_cut ? whole - 1 : whole === 5 ? 4 : 5;
      expect(await outbox.readState('shop', 'statements')).toEqual(last < 0 ? undefined : { number: last });
      await outbox.append({ batch: await minuteBatch(99), state: stateOf({ number: 99 }) });
      expect((await outbox.claim(outbox.pending().at(-1)?.batch_id ?? ''))?.batch_id).toContain('07:39');
      await outbox.close();
    }),
    { numRuns: 150 },
  );
});

test('at its bound the oldest windows are merged, sums stay exact, what was handed out keeps its id', async () => {
  const logged: string[] = [];
  const bound = 2 ** 20;
  const small = { max_bytes: bound, log: (_level: string, message: string) => void logged.push(message) };
  const outbox = await openOutbox(directory, small);
  await fill(outbox, 0, 1, 20);
  const claimed = outbox.pending()[0]?.batch_id;
  await outbox.claim(claimed ?? '');
  await fill(outbox, 1, 400, 20);
  expect(outbox.size_bytes).toBeLessThanOrEqual(bound);
  expect(outbox.pending()[0]?.batch_id).toBe(claimed);
  expect(logged.some((message) => message.includes('merged'))).toBe(true);
  await outbox.close();
  const again = await openOutbox(directory, small);
  expect(again.pending().length).toBeLessThan(200);
  const exact = (400n * 7n * 10n ** 15n).toString();
  expect(await waitingCalls(again)).toEqual(
    Object.fromEntries(Array.from({ length: 20 }, (_, id) => [String(id), exact])),
  );
  expect(await again.readState('shop', 'statements')).toEqual({ number: 399 });
  await again.close();
}, 60_000);

test('when even merging cannot make room, appending fails with the fix and the state stays', async () => {
  const outbox = await openOutbox(directory, { max_bytes: 200_000, log: silent_log });
  await fill(outbox, 0, 1, 100);
  await expect(fill(outbox, 1, 2, 400)).rejects.toThrow(OutboxError);
  await expect(fill(outbox, 1, 2, 400)).rejects.toThrow(/outbox is full/);
  expect(await outbox.readState('shop', 'statements')).toEqual({ number: 0 });
  await outbox.close();
});

test('delivered batches leave the disk, states stay', async () => {
  const outbox = await openOutbox(directory, { max_bytes: 2 ** 20, log: silent_log });
  for (let number = 0; number < 300; number += 1) {
    await fill(outbox, number, number + 1, 20);
    await outbox.acknowledge(outbox.pending()[0]?.batch_id ?? '');
  }
  expect(outbox.size_bytes).toBeLessThan(2 ** 17);
  expect(await outbox.readState('shop', 'statements')).toEqual({ number: 299 });
  await outbox.forget('shop');
  expect(await outbox.readState('shop', 'statements')).toBeUndefined();
  await outbox.close();
});

test('a second opener is told who holds the directory; a dead holder is passed over', async () => {
  const outbox = await openOutbox(directory, options);
  await expect(openOutbox(directory, options)).rejects.toThrow(`in use by process ${process.pid}`);
  await outbox.close();
  leaveDeadHolder(directory);
  await (await openOutbox(directory, options)).close();
});

function mountSmall(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs with a disk of 256 KiB, where this user may mount one. */
async function onSmallDisk(work: (small: string) => Promise<void>): Promise<void> {
  const small = join(directory, 'small');
  mkdirSync(small);
  if (!mountSmall(small)) return console.warn('not shown here: this user may not mount a small disk');
  try {
    await work(small);
  } finally {
    execFileSync('umount', ['--lazy', small]); // what a failed test left open must not hide why it failed
  }
}

test('a full disk is told with its fix, and nothing appended is lost', () =>
  onSmallDisk(async (small) => {
    const outbox = await openOutbox(small, fits_small_disk);
    let appended = 0;
    const filling = (async () => {
      for (; appended < 100; appended += 1) await fill(outbox, appended, appended + 1, 20);
    })();
    await expect(filling).rejects.toThrow(/ENOSPC/);
    expect(await outbox.readState('shop', 'statements')).toEqual({ number: appended - 1 });
    expect(outbox.pending().length).toBe(appended);
    const copy = join(directory, 'copy');
    await outbox.close();
    cpSync(small, copy, { recursive: true });
    const again = await openOutbox(copy, fits_small_disk);
    expect(again.pending().length).toBe(appended);
    await again.append({ batch: await minuteBatch(appended, 20), state: stateOf({ number: appended }) });
    await again.close();
  }));

test('killed on a disk without a free byte it opens again, delivers, and so makes its own room', () =>
  onSmallDisk(async (small) => {
    const killed = await openOutbox(small, fits_small_disk);
    await expect(fill(killed, 0, 100, 20)).rejects.toThrow(/ENOSPC/);
    const appended = killed.pending().length;
    leaveDeadHolder(small);
    await killed.close(); // which finds the lock another's and leaves it
    expect(() => writeFileSync(join(small, 'other'), Buffer.alloc(2 ** 19))).toThrow(/ENOSPC/);
    expect(statfsSync(small).bavail).toBe(0);
    const outbox = await openOutbox(small, fits_small_disk);
    expect(outbox.pending().length).toBe(appended);
    for (const { batch_id } of outbox.pending()) {
      expect((await outbox.claim(batch_id))?.batch_id).toBe(batch_id);
      await outbox.acknowledge(batch_id);
    }
    await fill(outbox, appended, appended + 1, 20);
    await outbox.close();
  }));
