import { z } from 'zod';

/** State that changes is a log of events; the state is the latest (clickhouse/views/recommendations_latest.sql). */
export const recommendation_event_kinds = [
  'proposed',
  'accepted',
  'dismissed',
  'started',
  'applied',
  'noted',
  'measured',
  'withdrawn',
] as const;
export type RecommendationEventKind = (typeof recommendation_event_kinds)[number];
export type RecommendationState = Exclude<RecommendationEventKind, 'noted' | 'measured'>;
/** What a person may append through the API. */
export const answer_kinds = ['accepted', 'dismissed', 'started', 'applied', 'noted'] as const;

export const regression_event_kinds = [
  'opened',
  'updated',
  'acknowledged',
  'resolved',
  'opted_out',
  'opted_in',
] as const;
export type RegressionEventKind = (typeof regression_event_kinds)[number];
export type RegressionState = 'open' | 'acknowledged' | 'resolved' | 'opted_out';
export const regression_answer_kinds = ['acknowledged', 'resolved', 'opted_out', 'opted_in'] as const;

const note = z.string().trim().max(4000).default('').meta({ description: 'Free text, shown with the event.' });

export const recommendation_answer_schema = z
  .strictObject({
    kind: z.enum(answer_kinds),
    note,
    /** For `applied` only: when it was done, if earlier than now. */
    occurred_at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((answer) => answer.kind !== 'noted' || answer.note !== '', { path: ['note'], message: 'a note has no text' })
  .refine((answer) => answer.kind === 'applied' || answer.occurred_at === undefined, {
    path: ['occurred_at'],
    message: 'only an applied event may carry its own time',
  });
export type RecommendationAnswer = z.infer<typeof recommendation_answer_schema>;

export const regression_answer_schema = z
  .strictObject({ kind: z.enum(regression_answer_kinds), note })
  .refine((answer) => answer.kind !== 'opted_out' || answer.note !== '', {
    path: ['note'],
    message: 'opting a query out needs its reason',
  });
export type RegressionAnswer = z.infer<typeof regression_answer_schema>;
