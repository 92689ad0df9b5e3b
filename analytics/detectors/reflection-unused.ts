import { fromUtc, type Detector, type DetectorInput, type Finding, type JudgedReflection } from '@plumbline/contracts';
import { datasetPath, isSameDataset, pathOfTable } from '../advisors/dataset-path.js';
import { bytesText, countText, durationText, evidence, shownBy } from '../advisors/evidence.js';
import { shapeOf } from '../advisors/reflection-shape.js';

const thresholds = {
  min_watched_s: { value: 30 * 86_400, reason: 'a month holds every regular report once, the monthly one too' },
  min_size_bytes: { value: 10 * 2 ** 20, reason: 'a smaller one costs nothing to keep' },
  min_refresh_us: { value: 10_000_000, reason: 'a refresh that takes ten seconds costs even where the copy is small' },
} as const;

/**
 * No query was answered from a reflection in a month: neither by the engine's own count, nor in any run that we saw. It
 * holds space and is refreshed for nobody. One that failed or expired is left alone, for it could not have been used, and
 * so is one that belongs to another system (external).
 */
const detector = {
  name: 'reflection-unused',
  summary: 'A reflection that answered no query for a month is still stored and refreshed',
  needs: ['statements', 'reflections'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'sales_by_day on lake.sales: 80 GB, refreshed every hour, 0 queries in 30 days',
    after: 'ALTER DATASET lake.sales DROP REFLECTION sales_by_day',
  },
  async detect(input) {
    return (input.reflections ?? [])
      .filter((reflection) => isJudgeable(reflection) && isUnused(reflection) && isCostly(reflection))
      .filter((reflection) => watchedSeconds(input, reflection) >= thresholds.min_watched_s.value)
      .map((reflection) => finding(input, reflection));
  },
} satisfies Detector;
export default detector;

const isJudgeable = ({ kind, is_enabled, can_accelerate }: JudgedReflection): boolean =>
  kind !== 'external' && is_enabled === 1 && can_accelerate === 1;

const isUnused = ({ chosen, used_runs }: JudgedReflection): boolean => chosen === 0 && used_runs === 0;

const isCostly = ({ total_size_bytes, last_refresh_us }: JudgedReflection): boolean =>
  total_size_bytes >= thresholds.min_size_bytes.value || (last_refresh_us ?? 0) >= thresholds.min_refresh_us.value;

const watchedSeconds = ({ as_of }: DetectorInput, { first_seen_at }: JudgedReflection): number =>
  (fromUtc(as_of).getTime() - fromUtc(first_seen_at).getTime()) / 1000;

function finding(input: DetectorInput, reflection: JudgedReflection): Finding {
  const { reflection_id, reflection_name, dataset_name, considered, matched, total_size_bytes } = reflection;
  const dataset_path = datasetPath(dataset_name);
  const columns = input.columns.filter((column) => isSameDataset(pathOfTable(column), dataset_path));
  const database_name = columns[0]?.database_name ?? input.queries[0]?.database_name ?? '';
  const watched = durationText(watchedSeconds(input, reflection));
  const source = shownBy('reflections_latest', { instance_id: input.instance_id });
  return {
    target: reflection_id,
    severity: 'info',
    title: `Drop the unused reflection ${reflection_name} on ${dataset_name}`,
    reasoning:
      `No query was answered from ${reflection_name} in ${watched}, while it holds ${bytesText(total_size_bytes)} and is ` +
      'refreshed for nobody.',
    evidence: [
      evidence(
        'Uses',
        `answered 0 queries; weighed for ${countText(considered)}, fitted ${countText(matched)}; watched for ${watched}`,
        source,
      ),
      evidence('Stored', bytesText(total_size_bytes), source),
      evidence(
        'Last refresh took',
        reflection.last_refresh_us === null ? 'not told' : durationText(reflection.last_refresh_us / 1e6),
        source,
      ),
    ],
    steps: [
      matched > 0
        ? 'It fitted queries and was never the cheapest way: see whether another reflection does its work.'
        : 'See what the queries on this dataset ask for that it does not hold: another shape may be wanted instead.',
      'Ask whether a yearly report needs it.',
      'Drop it, and keep the statement that makes it again.',
    ],
    action: {
      ...{ kind: 'drop_reflection', database_name, dataset_path, reflection_id },
      reflection: shapeOf(reflection, columns),
    },
    saved_seconds_per_day: null,
    cost_bytes: -total_size_bytes,
    cost_write_seconds_per_day: 0,
    proof: 'not_proven',
    proof_note:
      'Counted, not planned. Size: what the engine says all its copies take. How much time its refreshes take a day is not ' +
      'told by the engine, so no saved time is named.',
    query_hashes: [],
  };
}
