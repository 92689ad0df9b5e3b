import type { Detector, DetectorInput } from '@plumbline/contracts';
import { catalogOf, qualifiedName } from '../advisors/catalog.js';
import { durationText, bytesText } from '../advisors/evidence.js';
import {
  dropEvidence,
  dropIndex,
  indexTarget,
  replicaScansOf,
  savedByDropping,
  scansOf,
  watchedSeconds,
} from '../advisors/index-drop.js';
import { mayBeDropped, redundantIndexes } from '../advisors/redundant-indexes.js';

const thresholds = {
  min_watched_s: { value: 30 * 86_400, reason: 'a month holds every regular report once, the monthly one too' },
  min_size_bytes: { value: 1_048_576, reason: 'a smaller index costs neither disk nor memory worth a change' },
} as const;

/**
 * No statement used the index in a month, yet every write keeps it up to date. An index that guards data (unique,
 * primary key, foreign key, exclusion, replica identity), one that is younger than the month, and one that is still
 * being built are never named, nor is one that a replica of the same cluster reads, or a replica's own copy of it.
 */
const detector = {
  name: 'unused-index',
  summary: 'An index that nothing read for a month still costs every write',
  needs: ['tables', 'indexes'],
  thresholds: Object.entries(thresholds).map(([name, threshold]) => ({ name, ...threshold })),
  example: {
    before: 'orders_legacy_idx on orders (legacy_code): 0 scans in 30 days, 2 M rows written a day',
    after: 'DROP INDEX orders_legacy_idx',
  },
  async detect(input) {
    if (input.is_replica) return [];
    const catalog = catalogOf(input);
    // A redundant index is told by duplicate-index, with the better reason: one index, one recommendation.
    const redundant = new Set(redundantIndexes(input.indexes).map((one) => one.index));
    return input.indexes
      .filter(
        (index) =>
          mayBeDropped(index) &&
          index.is_valid === 1 &&
          !redundant.has(index) &&
          Number(index.size_bytes) >= thresholds.min_size_bytes.value &&
          watchedSeconds(input, index) >= thresholds.min_watched_s.value &&
          scansOf(input, index) + replicaScansOf(input, index) === 0,
      )
      .map((index) => ({
        target: indexTarget(index),
        severity: 'info',
        title: `Drop the unused index ${index.index_name} on ${qualifiedName(index)}`,
        reasoning:
          `No statement read ${index.index_name}${onReplicas(input)} in ${durationText(watchedSeconds(input, index))}, while each row ` +
          `written to ${qualifiedName(index)} keeps it up to date and it holds ${bytesText(Number(index.size_bytes))}.`,
        evidence: dropEvidence(input, catalog, index),
        steps: [
          input.replicas.length > 0
            ? 'Look at replicas that are not watched here: each counts its own scans, and a report may run only there.'
            : 'Look at every replica: each counts its own scans, and a report may run only there.',
          'Ask whether a yearly or emergency procedure needs it.',
          'Drop it, and keep the statement that makes it again.',
        ],
        action: dropIndex(index),
        saved_seconds_per_day: savedByDropping(catalog, index),
        cost_bytes: -Number(index.size_bytes),
        cost_write_seconds_per_day: 0,
        proof: 'not_proven',
        proof_note:
          `Counted, not planned: scans of this server ${input.replicas.length > 0 ? 'and its watched replicas' : 'only'}, ` +
          'saving by the measured write cost per index.',
        query_hashes: [],
      }));
  },
} satisfies Detector;
export default detector;

function onReplicas({ replicas }: DetectorInput): string {
  if (replicas.length === 0) return '';
  return `, here or on ${replicas.map((replica) => replica.instance_id).join(', ')},`;
}
