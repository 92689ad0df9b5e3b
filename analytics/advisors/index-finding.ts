import type {
  DetectorInput,
  Estimate,
  EvidenceItem,
  Finding,
  JudgedQuery,
  Regression,
  WhatIf,
} from '@plumbline/contracts';
import { qualifiedName, rowsOf, type Catalog } from './catalog.js';
import { ruledTimeRatio, savedSecondsPerDay, sumEstimates, timeRatio, what_if_prior } from './estimate.js';
import { bytesText, countText, durationText, evidence, percentText, shownBy } from './evidence.js';
import { indexKeyText, type CreateIndex, type IndexCandidate } from './index-candidates.js';
import { queryKey } from './index-costs.js';
import type { ChosenIndex, IndexEffect } from './index-moves.js';
import { observedSeconds } from './observed-span.js';
import { severityOf } from './severity.js';
import { writeSecondsPerDay, writesPerDay } from './write-cost.js';

export interface FindingContext {
  readonly input: DetectorInput;
  readonly catalog: Catalog;
  readonly what_if: WhatIf;
}

export interface IndexFinding extends Finding {
  readonly action: CreateIndex;
}

interface SearchNotes {
  readonly is_cut_short: boolean;
  readonly unplannable: number;
}

export function provenFinding(context: FindingContext, chosen: ChosenIndex, notes: SearchNotes): Finding {
  const helped = chosen.effects.filter((effect) => effect.cost_after < effect.cost_before);
  const saved = sumEstimates(chosen.effects.map(effectSaving));
  return {
    ...common(
      context,
      chosen.candidate,
      helped.map((effect) => effect.query),
      saved,
    ),
    evidence: [
      ...helped.map((effect) => costEvidence(context.input.instance_id, effect)),
      ...tableEvidence(context, chosen.candidate),
    ],
    cost_bytes: chosen.size_bytes === null ? null : Math.round(chosen.size_bytes),
    cost_write_seconds_per_day: chosen.write_seconds_per_day,
    proof: 'what_if',
    proof_note: [
      `Planned with the index imagined: ${helped.length} of the judged queries get a cheaper plan.`,
      notes.unplannable > 0 ? `${notes.unplannable} queries on these tables could not be planned.` : '',
      notes.is_cut_short ? 'The bound what_if_max_calls ended the search: a better index may exist.' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  };
}

export function ruledFinding(
  context: FindingContext,
  candidate: IndexCandidate,
  uses: readonly { readonly query: JudgedQuery; readonly cost_ratio: number }[],
  failures: ReadonlyMap<string, string>,
): IndexFinding {
  const saved = sumEstimates(
    uses.map(({ query, cost_ratio }) =>
      savedSecondsPerDay(query.total_time_us, query.span_s, ruledTimeRatio(cost_ratio)),
    ),
  );
  const failed = uses.map(({ query }) => failures.get(queryKey(query))).find((reason) => reason !== undefined);
  const { reason, fix } = context.what_if;
  return {
    ...common(
      context,
      candidate,
      uses.map(({ query }) => query),
      saved,
    ),
    evidence: [
      ...uses.map(({ query }) => timeEvidence(context.input.instance_id, query)),
      ...tableEvidence(context, candidate),
    ],
    cost_bytes: ruledSizeBytes(context.catalog, candidate),
    cost_write_seconds_per_day: writeSecondsPerDay(candidate.table, observedSeconds(candidate.table)),
    proof: 'not_proven',
    proof_note: `Not proven, by rule and cost model only: ${failed ?? `${reason}${fix === '' ? '' : ` To mend: ${fix}`}`}`,
  };
}

function common(context: FindingContext, candidate: IndexCandidate, queries: readonly JudgedQuery[], saved: Estimate) {
  const { index, dropped, table } = candidate;
  const on = `${qualifiedName(index)} (${index.columns.join(', ')})`;
  const answered = answeredRegressions(context.input, candidate);
  const history = dropped
    ? `Index ${dropped.index_name} on these columns was dropped at ${dropped.dropped_at} UTC, and its queries need it still.`
    : `${queries.length === 1 ? 'A query compares, joins or orders' : `${queries.length} queries compare, join or order`} by ` +
      `${index.columns.join(', ')}, and no existing index leads with that.`;
  return {
    target: indexKeyText(index),
    severity: severityOf(saved.value, context.input, answered),
    title: `${dropped ? 'Restore the dropped index' : 'Create an index'} on ${on}`,
    reasoning: `${history} Without it the database reads ${qualifiedName(table)} (${countText(rowsOf(table))} rows) in full.`,
    steps: [
      'Check that the table may take one more index: disk for its size, and the write cost named here.',
      'Create it with the statement below; it is made so that it blocks no writes where the engine can.',
      'Watch the measurement: it compares the queries named here with others of the same instance.',
    ],
    action: index,
    saved_seconds_per_day: saved,
    query_hashes: [...new Set(queries.map((query) => query.query_hash))],
  } as const;
}

function answeredRegressions(input: DetectorInput, { dropped, index }: IndexCandidate): readonly Regression[] {
  if (!dropped) return [];
  return input.regressions.filter(
    ({ cause }) => cause.kind === 'index_dropped' && cause.object_name === qualifiedName(index),
  );
}

/** The time under the indexes chosen earlier is what this one can still take from. */
function effectSaving(effect: IndexEffect): Estimate {
  const { query, initial_cost, cost_before, cost_after } = effect;
  const time_now_us = query.total_time_us * timeRatio(cost_before / initial_cost, what_if_prior).value;
  return savedSecondsPerDay(time_now_us, query.span_s, timeRatio(cost_after / cost_before, what_if_prior));
}

function costEvidence(instance_id: string, { query, cost_before, cost_after }: IndexEffect): EvidenceItem {
  return evidence(
    `Planner cost of query ${query.query_hash}`,
    `${countText(cost_before)} → ${countText(cost_after)} (−${percentText(1 - cost_after / cost_before)}), ` +
      `${countText(query.calls)} runs took ${durationText(query.total_time_us / 1e6)} in ${durationText(query.span_s)}`,
    shownBy('query_plans', { instance_id, query_hash: query.query_hash }),
  );
}

export function timeEvidence(instance_id: string, query: JudgedQuery): EvidenceItem {
  return evidence(
    `Time of query ${query.query_hash}`,
    `${countText(query.calls)} runs took ${durationText(query.total_time_us / 1e6)} in ${durationText(query.span_s)}`,
    shownBy('query_summary', { instance_id, query_hash: query.query_hash }),
  );
}

export function tableEvidence(context: FindingContext, { table, dropped }: IndexCandidate): readonly EvidenceItem[] {
  const { instance_id } = context.input;
  const observed_s = observedSeconds(table);
  const writes = writesPerDay(table, observed_s);
  return [
    evidence(
      `Reads of ${qualifiedName(table)}`,
      `${countText(Number(table.seq_scans))} full scans read ${countText(Number(table.seq_rows_read))} rows in ` +
        `${durationText(observed_s)}; the table has ${countText(rowsOf(table))} rows, ${bytesText(Number(table.size_bytes))}`,
      shownBy('tables_latest', { instance_id }),
    ),
    evidence(
      `Writes to ${qualifiedName(table)}`,
      writes === null ? 'not observed yet' : `${countText(writes)} rows a day`,
      shownBy('tables_latest', { instance_id }),
    ),
    ...(dropped
      ? [evidence('Dropped index', dropped.definition, shownBy('instance_event_list', { instance_id }))]
      : []),
  ];
}

/** B-tree entries at 90 % fill: eight bytes of head and four of line pointer beside the key, rounded up to eight. */
export function ruledSizeBytes(catalog: Catalog, { table, index }: IndexCandidate): number | null {
  const widths = index.columns.map(
    (name) => catalog.columns(table).find((column) => column.column_name === name)?.average_width_bytes ?? null,
  );
  if (widths.some((width) => width === null)) return null;
  const key_bytes = Math.ceil(widths.reduce<number>((sum, width) => sum + (width ?? 0), 0) / 8) * 8;
  return Math.round((rowsOf(table) * (key_bytes + 12)) / 0.9);
}
