import {
  encodeRow,
  fromUtc,
  utc,
  type Recommendation,
  type RecommendationEventRow,
  type ViewRow,
} from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { isMateriallyOther } from './recommendation.js';

export type LedgerRow = ViewRow<'recommendations_latest'>;

/** What one run found, and which of its detectors can be trusted to have seen everything. */
export interface Judged {
  readonly found: readonly Recommendation[];
  /** Only what these would have found, and did not, is gone. */
  readonly completed_detectors: ReadonlySet<string>;
  /** Whether the planner could be asked: what it proved is withdrawn only by it. */
  readonly can_prove: boolean;
  /** Whether what an applied recommendation made was undone after `applied_at`. */
  isUndone(recommendation: Recommendation, applied_at: Date): boolean;
}

/** The events that bring the ledger from what it says to what was found. Nothing new gives no event. */
export function ledgerEvents(
  ledger: readonly LedgerRow[],
  judged: Judged,
  as_of: Date,
  propose_again_after_s: number,
): readonly RecommendationEventRow[] {
  const told = new Map(ledger.map((row) => [row.recommendation_id, row]));
  const proposals = judged.found.flatMap((recommendation) => {
    const note = proposalNote(
      told.get(recommendation.recommendation_id),
      recommendation,
      judged,
      as_of,
      propose_again_after_s,
    );
    return note === undefined ? [] : [event(recommendation, 'proposed', as_of, note, JSON.stringify(recommendation))];
  });
  const found = new Set(judged.found.map((recommendation) => recommendation.recommendation_id));
  const gone = ledger.filter(
    (row) =>
      row.state === 'proposed' &&
      !found.has(row.recommendation_id) &&
      judged.completed_detectors.has(row.detector) &&
      (judged.can_prove || row.proof !== 'what_if'),
  );
  const withdrawals = gone.map((row) => event(row, 'withdrawn', as_of, 'The finding is no longer there.', ''));
  return [...proposals, ...withdrawals];
}

/** The reason to propose, as the event's note; undefined when there is none. An answer of a person stands. */
function proposalNote(
  row: LedgerRow | undefined,
  recommendation: Recommendation,
  judged: Judged,
  as_of: Date,
  propose_again_after_s: number,
): string | undefined {
  if (!row) return '';
  switch (row.state) {
    case 'proposed':
      return row.payload === '' || isMateriallyOther(JSON.parse(row.payload) as Recommendation, recommendation)
        ? 'The facts have changed materially.'
        : undefined;
    case 'withdrawn':
      return 'The finding is there again.';
    case 'applied': {
      const applied_at = fromUtc(row.applied_at ?? row.updated_at);
      if (judged.isUndone(recommendation, applied_at)) return 'What was applied has been undone.';
      const is_old = as_of.getTime() - applied_at.getTime() >= propose_again_after_s * 1000;
      return is_old ? 'The finding is there again after it had been applied.' : undefined;
    }
    case 'accepted':
    case 'started':
    case 'dismissed':
      return undefined;
  }
}

const event = (
  of: { readonly recommendation_id: string; readonly instance_id: string },
  kind: RecommendationEventRow['kind'],
  occurred_at: Date,
  note: string,
  payload: string,
): RecommendationEventRow => ({
  recommendation_id: of.recommendation_id,
  instance_id: of.instance_id,
  kind,
  occurred_at: utc(occurred_at),
  actor: 'plumbline',
  note,
  payload,
});

/** Appends under a token made of the events' own content: the same events again are not counted twice. */
export async function appendEvents(context: JobContext, events: readonly RecommendationEventRow[]): Promise<number> {
  if (events.length === 0) return 0;
  const names = events.map((one) => `${one.recommendation_id}/${one.kind}/${one.occurred_at}`);
  await context.store.insert('recommendation_events', events.map(encodeRow).join('\n'), {
    token: `recommendation_events/${names.join(',')}`,
  });
  return events.length;
}
