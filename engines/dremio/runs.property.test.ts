import { expect, test } from '@jest/globals';
import { SourceError, type Collected } from '@plumbline/contracts';
import { instanceId } from '@plumbline/contracts';
import fc from 'fast-check';
import { runs } from './collect/runs.js';
import { collectTools, testOptions } from './testing/tools.js';
import type { RunOfStandIn } from './testing/history-tables.js';
import { memorySource } from './testing/memory-source.js';

const origin_ms = Date.parse('2026-11-21T06:00:00Z');
const overlap_ms = 120_000;
const end_ms = 1_200_000;

/** A run as it happens: handed in, shown by the history only later, as not ended and then as ended, some rows twice. */
interface Happening {
  readonly submitted_ms: number;
  readonly late_ms: number;
  readonly lasts_ms: number;
  readonly copies: number;
  readonly status: string;
}

// Whole seconds, so that many runs share one.
const seconds = (most: number) => fc.integer({ min: 0, max: most }).map((s) => s * 1_000);
const happening: fc.Arbitrary<Happening> = fc.record({
  submitted_ms: fc.oneof(seconds(600), fc.constant(300_000)),
  late_ms: fc.oneof(fc.constant(0), seconds(overlap_ms / 1_000 - 1)),
  lasts_ms: fc.oneof(seconds(5), seconds(500)),
  copies: fc.integer({ min: 1, max: 3 }),
  status: fc.constantFrom('COMPLETED', 'FAILED', 'CANCELED', 'CANCELLED'),
});

const shownAt = (happened: Happening, n: number, now_ms: number): RunOfStandIn[] => {
  if (now_ms < happened.submitted_ms + happened.late_ms) return [];
  const is_over = now_ms >= happened.submitted_ms + happened.lasts_ms;
  const row = {
    ...{ job_id: `job-${(n * 7919) % 1009}`, query_type: 'JDBC', user_name: 'bi', query: `SELECT ${n} FROM t` },
    status: is_over ? happened.status : 'RUNNING',
    submitted_ms: origin_ms + happened.submitted_ms,
    final_ms: is_over ? origin_ms + happened.submitted_ms + happened.lasts_ms : 0,
  };
  // A copy may still be of before the run had ended.
  const before = { ...row, status: 'RUNNING', final_ms: 0 };
  return [row, ...Array.from({ length: happened.copies - 1 }, (_, copy) => (copy === 0 ? before : row))];
};

const script = fc.record({
  happenings: fc.array(happening, { maxLength: 60 }),
  readings_ms: fc
    .array(fc.integer({ min: 1, max: end_ms }), { maxLength: 12 })
    .map((times) => times.sort((a, b) => a - b)),
  rows_per_statement: fc.integer({ min: 1, max: 9 }),
  rows_per_reading: fc.integer({ min: 1, max: 200 }),
  /** The statements, counted over all readings, before which the connection breaks. */
  breaks_at: fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 15 }),
  ms_per_statement: fc.constantFrom(0, 1, 700, 20_000),
});

test('however history is split, late, repeated or cut by crashes, each run that ended is told exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(script, async ({ happenings, readings_ms, breaks_at, ms_per_statement, ...rows }) => {
      let now_ms = 0;
      let statements = 0;
      const source = memorySource(
        {
          now_ms: () => origin_ms + now_ms,
          shown: () => happenings.flatMap((happened, n) => shownAt(happened, n, now_ms)),
          beforeStatement: () => {
            now_ms += ms_per_statement;
            if (breaks_at.includes(statements++)) throw new SourceError('unreachable', 'broke', 'connect again');
          },
        },
        testOptions(rows),
      );
      const tools = { ...collectTools(), clock: { now: () => new Date(origin_ms + now_ms) } };
      const reading = { instance_id: instanceId('lake'), source, tools };
      const told: string[] = [];
      let state: unknown;
      let baseline_ms: number | undefined;
      /** What was read and what is remembered are kept together or not at all, as the outbox does. */
      const read = async (): Promise<Collected | undefined> => {
        const began_ms = now_ms;
        try {
          const answer = await runs(reading, state);
          baseline_ms ??= Math.max(began_ms, now_ms);
          state = JSON.parse(JSON.stringify(answer.state));
          told.push(...(answer.rows.query_runs ?? []).map(({ native_id }) => native_id));
          return answer;
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          return undefined;
        }
      };
      for (const at_ms of readings_ms) {
        now_ms = Math.max(now_ms, at_ms);
        await read();
      }
      now_ms = Math.max(now_ms, end_ms + 600_000);
      for (let left = 2_000; left > 0; left -= 1) {
        const answer = await read();
        if (
          answer !== undefined &&
          (state as { cursor?: unknown }).cursor === undefined &&
          answer.outcome.state === 'ok' &&
          left < 1_990
        )
          break;
      }
      const wanted = happenings.flatMap((happened, n) =>
        happened.submitted_ms >= (baseline_ms ?? 0) ? [`job-${(n * 7919) % 1009}`] : [],
      );
      expect([...told].sort()).toEqual([...wanted].sort());
    }),
    { numRuns: 150 },
  );
});
