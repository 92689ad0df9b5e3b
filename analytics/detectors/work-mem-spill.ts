import type { Detector, DetectorInput, JudgedQuery } from '@plumbline/contracts';
import { bytesText, countText, evidence, percentText, shownBy } from '../advisors/evidence.js';
import { seconds_per_day, secondsPerDay } from '../advisors/estimate.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { settingBytes, settingNumber, settingText } from '../advisors/setting-value.js';
import { severityOf } from '../advisors/severity.js';

const mebibyte = 1_048_576;
const thresholds = {
  min_spill_bytes_per_call: { value: mebibyte, reason: 'smaller spills stay in the file cache' },
  min_calls: { value: 10, reason: 'one odd run is not a pattern' },
  max_work_mem_bytes: {
    value: 256 * mebibyte,
    reason: 'each sort or hash of each connection may take it: above this the machine is at risk before the query is',
  },
  max_share_of_memory: { value: 0.25, reason: 'the rest is the file cache’s and the other sessions’' },
  min_saved_seconds_per_day: { value: 1, reason: 'writing and reading less than a second of files a day is no burden' },
} as const;

/**
 * Sorts and hashes of a query do not fit into `work_mem` and go through temporary files. A larger value is proposed for
 * the session or role that runs the query, never for the whole server, and only as far as the memory arithmetic allows.
 */
const detector = {
  name: 'work-mem-spill',
  summary: 'Sorts or hashes of a query go through temporary files',
  needs: ['statements', 'settings'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: "a report sorts 20 MB with work_mem = '4MB': 20 MB written to and read from temporary files per run",
    after: "SET work_mem = '64MB' -- in the session that runs the report",
  },
  async detect(input) {
    const current_bytes = settingBytes(input.settings.get('work_mem'));
    if (current_bytes === undefined) return [];
    return input.queries.flatMap((query) => {
      const spill_bytes = query.calls > 0 ? query.temp_written_bytes / query.calls : 0;
      if (query.calls < thresholds.min_calls.value) return [];
      if (spill_bytes < thresholds.min_spill_bytes_per_call.value) return [];
      const arithmetic = memoryArithmetic(input, query, spill_bytes);
      if (arithmetic.proposed_bytes <= current_bytes) return [];
      const found = finding(input, query, spill_bytes, current_bytes, arithmetic);
      return found.saved_seconds_per_day.value >= thresholds.min_saved_seconds_per_day.value ? [found] : [];
    });
  },
} satisfies Detector;
export default detector;

interface MemoryArithmetic {
  readonly needed_bytes: number;
  readonly concurrent_operations: number;
  readonly memory_bytes: number | undefined;
  readonly proposed_bytes: number;
}

/** Rows in memory carry headers that the packed file does not: twice its bytes, as a plain allowance. */
const memory_per_spilled_byte = 2;
/** A query seldom has more sorts and hashes at work at once. */
const operations_per_query = 2;

function memoryArithmetic(input: DetectorInput, query: JudgedQuery, spill_bytes: number): MemoryArithmetic {
  const needed_bytes = 2 ** Math.ceil(Math.log2(spill_bytes * memory_per_spilled_byte));
  const workers = (settingNumber(input.settings.get('max_parallel_workers_per_gather')) ?? 0) + 1;
  // Average concurrency says nothing of a peak: four times it, and at least two runs at once.
  const runs_at_once = Math.max(2, Math.ceil((query.total_time_us / 1e6 / Math.max(1, query.span_s)) * 4));
  const concurrent_operations = runs_at_once * workers * operations_per_query;
  const memory_bytes = settingBytes(input.settings.get('effective_cache_size'));
  const share_bytes = (memory_bytes ?? Infinity) * thresholds.max_share_of_memory.value;
  const affordable_bytes = Math.min(thresholds.max_work_mem_bytes.value, share_bytes / concurrent_operations);
  const floored = 2 ** Math.floor(Math.log2(Math.max(1, affordable_bytes)));
  return { needed_bytes, concurrent_operations, memory_bytes, proposed_bytes: Math.min(needed_bytes, floored) };
}

/** Temporary files through the file cache and through a slow disk; in between for the estimate. */
const file_bytes_per_second = { fast: 2e9, usual: 5e8, slow: 1e8 } as const;

function savedByMemory(query: JudgedQuery, share_that_fits: number) {
  const bytes_per_day =
    ((query.temp_written_bytes * 2) / Math.max(1, query.span_s)) * seconds_per_day * share_that_fits;
  const most = secondsPerDay(query.total_time_us, query.span_s);
  const at = (bytes_per_second: number) => Math.min(most, bytes_per_day / bytes_per_second);
  return {
    value: at(file_bytes_per_second.usual),
    low: at(file_bytes_per_second.fast),
    high: at(file_bytes_per_second.slow),
  };
}

function finding(
  input: DetectorInput,
  query: JudgedQuery,
  spill_bytes: number,
  current_bytes: number,
  { needed_bytes, concurrent_operations, memory_bytes, proposed_bytes }: MemoryArithmetic,
) {
  const { instance_id } = input;
  const fits = proposed_bytes >= needed_bytes;
  const saved_seconds_per_day = savedByMemory(query, fits ? 1 : proposed_bytes / needed_bytes);
  const shown = shownBy('settings_latest', { instance_id });
  return {
    target: `${query.database_name}.${query.query_hash}.work_mem`,
    severity: severityOf(saved_seconds_per_day.value, input),
    title: `Give query ${query.query_hash} ${bytesText(proposed_bytes)} of work_mem in its session`,
    reasoning:
      `Each run writes ${bytesText(spill_bytes)} of temporary files, because work_mem is ${bytesText(current_bytes)}. ` +
      (fits
        ? `With ${bytesText(proposed_bytes)} the work fits into memory.`
        : `${bytesText(needed_bytes)} would hold all of it; ${bytesText(proposed_bytes)} is what the memory arithmetic allows.`),
    evidence: [
      timeEvidence(instance_id, query),
      evidence('Temporary files per run', bytesText(spill_bytes), shownBy('query_top', { instance_id })),
      evidence('work_mem now', bytesText(current_bytes), shown),
      evidence(
        'Memory arithmetic',
        `${countText(concurrent_operations)} operations at once × ${bytesText(proposed_bytes)} = ` +
          `${bytesText(concurrent_operations * proposed_bytes)}` +
          (memory_bytes === undefined
            ? '; the memory of the server is not known'
            : `, at most ${percentText(thresholds.max_share_of_memory.value)} of effective_cache_size ${bytesText(memory_bytes)}`),
        shown,
      ),
    ],
    steps: [
      'Set it in the session or for the role that runs this query, not for the server: every sort of every session may take it.',
      'Watch the temporary files per run fall to none; take it back if the server runs short of memory.',
    ],
    action: {
      kind: 'change_setting' as const,
      name: 'work_mem',
      value: settingText(proposed_bytes),
      previous_value: settingText(current_bytes),
      scope: 'session' as const,
      change_needs: 'session' as const,
    },
    saved_seconds_per_day,
    cost_bytes: 0,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven' as const,
    proof_note: 'By arithmetic: the temporary files written and read again at 0.1 to 2 GB/s.',
    query_hashes: [query.query_hash],
  };
}
