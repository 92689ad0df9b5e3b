import { strFromU8, unzipSync } from 'fflate';
import { isObject, listOf, numberOf, objectsOf, textOf, type Fields } from './fields.js';
import type { OperatorRun } from './plan-tree.js';

/** A larger profile would hold up everything else while it is read. */
const most_json_bytes = 48 * 2 ** 20;

export interface Profile {
  /** The physical plan, as printed; '' when the run ended before it had one. */
  readonly plan: string;
  /** By `MM-OO`. */
  readonly runs: ReadonlyMap<string, OperatorRun>;
}

export type Unpacked = { readonly profile: Profile } | { readonly problem: string };

/** The profile of the last attempt out of the ZIP that Dremio's support download gives. Never throws. */
export function unpackProfile(zip: Uint8Array): Unpacked {
  try {
    let is_too_large = false;
    const files = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        const is_profile = /(^|\/)profile_attempt_\d+\.json$/.test(name);
        is_too_large ||= is_profile && originalSize > most_json_bytes;
        return is_profile && originalSize <= most_json_bytes;
      },
    });
    const last = Object.keys(files).sort(byAttempt).at(-1);
    const bytes = last === undefined ? undefined : files[last];
    if (bytes === undefined) return { problem: is_too_large ? 'larger than 48 MB' : 'no profile in the ZIP' };
    const told: unknown = JSON.parse(strFromU8(bytes));
    return isObject(told) ? { profile: profileOf(told) } : { problem: 'not a profile' };
  } catch {
    return { problem: 'not a ZIP of JSON' };
  }
}

const attemptOf = (name: string): number => Number(/_(\d+)\.json$/.exec(name)?.[1] ?? 0);
const byAttempt = (a: string, b: string): number => attemptOf(a) - attemptOf(b);

function profileOf(told: Fields): Profile {
  const phases = objectsOf(told['planPhases']).filter(({ phaseName }) => /Final Physical/i.test(textOf(phaseName)));
  const plan = textOf(told['plan']) || textOf(phases.at(-1)?.['plan']);
  const metrics = metricNames(told['operatorTypeMetricsMap']);
  const runs = new Map<string, OperatorRun>();
  for (const fragment of objectsOf(told['fragmentProfile'])) {
    const major = numberOf(fragment['majorFragmentId']) ?? 0;
    for (const thread of objectsOf(fragment['minorFragmentProfile'])) {
      for (const operator of objectsOf(thread['operatorProfile'])) {
        const id = `${twoDigits(major)}-${twoDigits(numberOf(operator['operatorId']) ?? 0)}`;
        runs.set(id, added(runs.get(id), operatorRun(operator, metrics)));
      }
    }
  }
  return { plan, runs };
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** type → id → name. Ids are ordinals that shift from release to release: without names nothing is guessed. */
type MetricNames = ReadonlyMap<number, ReadonlyMap<number, string>>;

function metricNames(map: unknown): MetricNames {
  const types = isObject(map) ? listOf(map['metricsDef']) : [];
  return new Map(
    types.map((type, place) => {
      const metrics = isObject(type) ? objectsOf(type['metricDef']) : [];
      return [place, new Map(metrics.map(({ id, name }) => [numberOf(id) ?? -1, textOf(name)]))];
    }),
  );
}

function operatorRun(operator: Fields, metrics: MetricNames): OperatorRun {
  const names = metrics.get(numberOf(operator['operatorType']) ?? -1);
  const named = objectsOf(operator['metric']).map((metric) => ({
    name: names?.get(numberOf(metric['metricId']) ?? -1) ?? '',
    value: numberOf(metric['longValue']) ?? numberOf(metric['doubleValue']) ?? 0,
  }));
  const sumOf = (pattern: RegExp): number | undefined => {
    const found = named.filter(({ name }) => pattern.test(name));
    return found.length === 0 ? undefined : total(found.map(({ value }) => value));
  };
  const count = (name: string): number => Math.max(0, numberOf(operator[name]) ?? 0);
  return {
    input_rows: total(objectsOf(operator['inputProfile']).map(({ records }) => numberOf(records) ?? 0)),
    output_rows: numberOf(operator['outputRecords']),
    time_us: Math.round((count('setupNanos') + count('processNanos')) / 1_000),
    peak_memory_bytes: count('peakLocalMemoryAllocated'),
    spilled_bytes: sumOf(/SPILL.*(BYTES|DATA_SIZE|SIZE)$/),
    spills: sumOf(/^SPILL_COUNT$/) ?? 0,
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function added(known: OperatorRun | undefined, more: OperatorRun): OperatorRun {
  if (known === undefined) return more;
  const both = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
  return {
    input_rows: known.input_rows + more.input_rows,
    output_rows: both(known.output_rows, more.output_rows),
    time_us: known.time_us + more.time_us,
    peak_memory_bytes: known.peak_memory_bytes + more.peak_memory_bytes,
    spilled_bytes: both(known.spilled_bytes, more.spilled_bytes),
    spills: known.spills + more.spills,
  };
}
