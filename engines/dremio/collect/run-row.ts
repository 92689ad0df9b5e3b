import { utc, zero_measures, type QueryRunRow } from '@plumbline/contracts';
import { countOf, flagOf, listOf, namesOf, numberOf, objectsOf, textOf, wholeOf, type Fields } from '../fields.js';
import { failureKind } from '../job-failure.js';
import { phaseMs, type Job } from './history.js';

/** Dremio's own housekeeping and the previews of its pages: nobody's workload. ACCELERATOR_* is the cost of reflections. */
const no_workload = /PREVIEW|INTERNAL|PREPARE|METADATA_REFRESH|COPY_ERRORS/;

export const isWorkload = (job: Job): boolean => !no_workload.test(textOf(job.fields['query_type']));

type Place = Pick<QueryRunRow, 'instance_id' | 'database_name' | 'query_hash'>;

/** @param job one that has ended */
export function runRow(job: Job, place: Place): Omit<QueryRunRow, 'batch_id'> {
  const { fields } = job;
  const {
    calls: _calls,
    errors: _errors,
    sum_square_time_us2: _squares,
    plan_calls: _plan_calls,
    ...measures
  } = zero_measures;
  const finished_ms = Math.max(job.submitted_ms, job.final_ms ?? job.submitted_ms);
  const outcome = outcomeOf(job.status);
  return {
    ...measures,
    ...place,
    native_id: job.job_id,
    started_at: utc(new Date(job.submitted_ms)),
    finished_at: utc(new Date(finished_ms)),
    user_name: textOf(fields['user_name']),
    is_nested: 0,
    plan_hash: '',
    outcome,
    failure: outcome === 'failed' ? failureKind(textOf(fields['error_msg'])) : '',
    run_kind: textOf(fields['query_type']),
    queue_name: textOf(fields['queue_name']),
    engine_name: textOf(fields['engine'] ?? fields['engine_name']),
    attempts: Math.min(2 ** 32 - 1, Number(countOf(fields['attempt_count']))),
    ...times(job, finished_ms),
    cpu_time_us: cpuTimeUs(fields),
    rows_returned: countOf(fields['rows_returned']),
    rows_examined: countOf(fields['rows_scanned']),
    scanned_bytes: countOf(fields['bytes_scanned']),
    logical_read_bytes: countOf(fields['bytes_scanned']),
    memory_peak_bytes: countOf(fields['memory_allocated'] ?? fields['execution_allocated_bytes']),
    estimated_cost: numberOf(fields['planner_estimated_cost'] ?? fields['query_cost']) ?? null,
    is_accelerated: flagOf(fields['accelerated'] ?? fields['is_accelerated']),
    ...readFrom(fields),
  };
}

const outcomeOf = (status: string): QueryRunRow['outcome'] =>
  status === 'COMPLETED' ? 'completed' : status === 'FAILED' ? 'failed' : 'canceled';

const usBetween = (from_ms: number | undefined, to_ms: number | undefined): bigint =>
  from_ms === undefined || to_ms === undefined || to_ms < from_ms ? 0n : BigInt(to_ms - from_ms) * 1_000n;

/** A phase that never began has no time, and none may end before it began: clocks of several nodes meet here. */
function times(job: Job, finished_ms: number) {
  const phase = (name: string): number | undefined => phaseMs(job.fields, name);
  const queued_ms = phase('query_enqueued');
  return {
    total_time_us: BigInt(finished_ms - job.submitted_ms) * 1_000n,
    plan_time_us: usBetween(phase('planning_start'), queued_ms),
    queue_time_us: usBetween(queued_ms, phase('execution_planning') ?? phase('execution_planning_start')),
    execution_time_us: usBetween(phase('execution_start'), finished_ms),
  };
}

function cpuTimeUs(fields: Fields): bigint {
  const ns = wholeOf(fields['execution_cpu_time_ns']);
  if (ns !== undefined) return countOf(String(ns / 1_000n));
  return countOf(String((wholeOf(fields['execution_cpu_time_millis']) ?? 0n) * 1_000n));
}

const reflection_path = /^"?__accelerator"?\."?([^".]+)"?\./;

/** What a run read, with reflections told from tables: they are scanned as `__accelerator.<reflection>.<copy>`. */
function readFrom(fields: Fields): Pick<QueryRunRow, 'scanned_tables' | 'reflection_ids'> {
  const scanned = namesOf(fields['scanned_datasets']);
  const used = scanned.flatMap((name) => reflection_path.exec(name)?.[1] ?? []);
  const chosen = objectsOf(listOf(fields['reflection_matches']))
    .filter((match) => /CHOSEN/i.test(textOf(match['relationship'] ?? match['type'])))
    .map((match) => textOf(match['reflection_id'] ?? match['reflectionId']))
    .filter((id) => id !== '');
  return {
    scanned_tables: [...new Set(scanned.filter((name) => !reflection_path.test(name)))],
    reflection_ids: [...new Set([...used, ...chosen])],
  };
}
