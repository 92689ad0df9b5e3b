import type { Detector } from '@plumbline/contracts';
import { catalogOf, qualifiedName } from '../advisors/catalog.js';
import { evidence, shownBy } from '../advisors/evidence.js';
import { dropEvidence, dropIndex, indexTarget, savedByDropping } from '../advisors/index-drop.js';
import { redundantIndexes } from '../advisors/redundant-indexes.js';

/**
 * Another index of the same table does all that this one does: the same keys, or its keys and more behind them, with
 * the same method, predicate, operator classes and order. Unique and constraint indexes are never dropped, only kept.
 * On a replica nothing is told: the index is the primary's.
 */
const detector = {
  name: 'duplicate-index',
  summary: 'Two indexes of one table serve the same reads; the writes pay for both',
  needs: ['indexes'],
  thresholds: [],
  example: {
    before: 'CREATE INDEX a ON orders (customer_id); CREATE INDEX b ON orders (customer_id, placed_at)',
    after: 'DROP INDEX a -- b leads with the same column',
  },
  async detect(input) {
    if (input.is_replica) return [];
    const catalog = catalogOf(input);
    return redundantIndexes(input.indexes).map(({ index, covered_by, kind }) => ({
      target: indexTarget(index),
      severity: 'info',
      title: `Drop ${index.index_name} on ${qualifiedName(index)}: ${covered_by.index_name} does the same`,
      reasoning:
        kind === 'duplicate'
          ? `${index.index_name} and ${covered_by.index_name} have the same keys, method and predicate.`
          : `${covered_by.index_name} leads with the keys of ${index.index_name}, so it serves the same reads.`,
      evidence: [
        evidence('Definition to drop', index.definition, shownBy('indexes_latest', { instance_id: input.instance_id })),
        evidence('Kept', covered_by.definition, shownBy('indexes_latest', { instance_id: input.instance_id })),
        ...dropEvidence(input, catalog, index),
      ],
      steps: [
        kind === 'prefix'
          ? 'Reads that used the shorter index will use the wider one, which is larger: look at the hottest of them.'
          : 'Check that no statement names the index in a hint.',
        'Drop it, and keep the statement that makes it again.',
      ],
      action: dropIndex(index),
      saved_seconds_per_day: savedByDropping(catalog, index),
      cost_bytes: -Number(index.size_bytes),
      cost_write_seconds_per_day: 0,
      proof: 'not_proven',
      proof_note: 'Shown by the two definitions; the saving is by the measured write cost per index.',
      query_hashes: [],
    }));
  },
} satisfies Detector;
export default detector;
