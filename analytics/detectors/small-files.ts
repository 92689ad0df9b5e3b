import type { Detector, DetectorInput, Finding, JudgedQuery, JudgedTableFiles } from '@plumbline/contracts';
import { catalogOf, qualifiedName, tableKey } from '../advisors/catalog.js';
import { compactableFiles, min_compactable_files } from '../advisors/compaction.js';
import { ruledTimeRatio, savedSecondsPerDay, secondsPerDay, sumEstimates } from '../advisors/estimate.js';
import { bytesText, countText, evidence, percentText, shownBy } from '../advisors/evidence.js';
import { timeEvidence } from '../advisors/index-finding.js';
import { severityOf } from '../advisors/severity.js';

const thresholds = {
  min_compactable_files: { value: min_compactable_files, reason: 'fewer are opened side by side in a second or two' },
  min_small_share: { value: 0.5, reason: 'below half of all files the large ones decide how long a read takes' },
  min_seconds_per_day: { value: 10, reason: 'below ten seconds a day of reads nobody will thank for a rewrite' },
  file_open_cost_bytes: {
    value: 4 * 2 ** 20,
    reason: 'to open a file costs about as much as to read 4 MB of it, which is what Spark’s planner reckons with',
  },
  target_file_bytes: { value: 512 * 2 ** 20, reason: 'what OPTIMIZE TABLE makes by default' },
} as const;

/**
 * A table that judged queries read is made of many small files: each is opened, its footer read and its scan planned, so
 * a read takes as long as its files are many. Told only where compaction would find something to do: of each partition it
 * leaves up to four small files. Who loads in small steps must compact again, or load otherwise; the steps say so.
 */
const detector = {
  name: 'small-files',
  summary: 'A table is read slowly because it is made of many small files',
  needs: ['statements', 'tables', 'table_files'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'lake.events: 12,000 files of 2 MB; a query over one day opens 400 of them',
    after: 'OPTIMIZE TABLE lake.events REWRITE DATA USING BIN_PACK -- 47 files of 512 MB',
  },
  async detect(input) {
    const readers = readersByTable(input);
    return input.table_files.flatMap((files) => {
      const queries = readers.get(tableKey(files)) ?? [];
      return isScattered(files) && isRead(queries) ? [finding(input, files, queries)] : [];
    });
  },
} satisfies Detector;
export default detector;

function readersByTable(input: DetectorInput): ReadonlyMap<string, readonly JudgedQuery[]> {
  const catalog = catalogOf(input);
  const readers = new Map<string, JudgedQuery[]>();
  for (const query of input.queries.filter(({ features }) => features.statement_class === 'select')) {
    for (const table of catalog.tablesOf(query)) {
      readers.set(tableKey(table), [...(readers.get(tableKey(table)) ?? []), query]);
    }
  }
  return readers;
}

const isScattered = (files: JudgedTableFiles): boolean =>
  compactableFiles(files) >= thresholds.min_compactable_files.value &&
  files.small_files / files.files >= thresholds.min_small_share.value;

const isRead = (queries: readonly JudgedQuery[]): boolean =>
  queries.reduce((sum, query) => sum + secondsPerDay(query.total_time_us, query.span_s), 0) >=
  thresholds.min_seconds_per_day.value;

/** Files once the small ones are packed; a partition is never packed together with another. */
const filesAfter = ({ files, small_files, small_size_bytes, partitions }: JudgedTableFiles): number =>
  files - small_files + Math.max(partitions, Math.ceil(small_size_bytes / thresholds.target_file_bytes.value));

function finding(input: DetectorInput, files: JudgedTableFiles, queries: readonly JudgedQuery[]): Finding {
  const { database_name, schema_name, table_name } = files;
  const opened = (count: number) => files.size_bytes + count * thresholds.file_open_cost_bytes.value;
  const ratio = ruledTimeRatio(Math.min(1, opened(filesAfter(files)) / opened(files.files)));
  const saved = sumEstimates(queries.map((query) => savedSecondsPerDay(query.total_time_us, query.span_s, ratio)));
  const source = shownBy('table_files_latest', { instance_id: input.instance_id });
  return {
    target: tableKey(files),
    severity: severityOf(saved.value, input),
    title: `Compact the ${countText(files.files)} files of ${qualifiedName(files)}`,
    reasoning:
      `${qualifiedName(files)} is made of ${countText(files.files)} files of ` +
      `${bytesText(files.size_bytes / files.files)} on average, and each read opens those it needs one by one. ` +
      `Compaction would leave about ${countText(filesAfter(files))}.`,
    evidence: [
      evidence(
        'Small files',
        `${countText(files.small_files)} of ${countText(files.files)} (${percentText(files.small_files / files.files)}) are ` +
          `below ${bytesText(files.small_file_bytes)}; together they hold ${bytesText(files.small_size_bytes)}`,
        source,
      ),
      evidence('Partitions', countText(files.partitions), source),
      ...queries.map((query) => timeEvidence(input.instance_id, query)),
    ],
    steps: [
      'Run the statement below when no load writes to the table.',
      'Let whoever loads the table write fewer, larger files, or compact after each load: else they come again.',
      'If there are nearly as many partitions as files, partition by something coarser: compaction never crosses partitions.',
    ],
    action: { kind: 'compact_table', database_name, schema_name, table_name },
    saved_seconds_per_day: saved,
    cost_bytes: files.small_size_bytes,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven',
    proof_note:
      `By rule: opening a file is reckoned like reading ${bytesText(thresholds.file_open_cost_bytes.value)}, for the whole ` +
      'table; nothing was planned anew. Size: the small files stay beside their packed copies until VACUUM.',
    query_hashes: [...new Set(queries.map((query) => query.query_hash))],
  };
}
