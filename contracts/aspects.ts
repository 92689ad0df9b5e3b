import type { Utc } from './time.js';

/** A thing we collect. The same names in every engine; an engine lists the ones it can give. */
export const aspect_names = [
  'statements',
  'activity',
  'metrics',
  'settings',
  'tables',
  'indexes',
  'schema',
  'plans',
  'waits',
  'runs',
  'reflections',
] as const;
export type AspectName = (typeof aspect_names)[number];

/**
 * ok: whole answer. degraded: an answer with a gap that `message` names. denied: a grant is missing. unsupported: this
 * server cannot give it. failed: an error, tried again. backing_off: over budget, asked less often. disabled: by
 * configuration.
 */
export const aspect_states = ['ok', 'degraded', 'denied', 'unsupported', 'failed', 'backing_off', 'disabled'] as const;
export type AspectState = (typeof aspect_states)[number];

export interface AspectSpec {
  readonly name: AspectName;
  readonly summary: string;
  readonly interval_s: number;
  /** What one reading may cost the source. Over it, the collector backs off. */
  readonly budget_ms: number;
  readonly budget_rows: number;
  readonly reads: readonly string[];
  readonly needs: string;
}

/** What an engine says of one reading; the collector adds times and writes it to `aspect_status`. */
export interface AspectOutcome {
  readonly state: Extract<AspectState, 'ok' | 'degraded' | 'denied' | 'unsupported'>;
  readonly message: string;
  /** The exact statement or setting that mends it; '' when nothing is wrong. */
  readonly fix: string;
}

export const aspect_ok: AspectOutcome = { state: 'ok', message: '', fix: '' };

export interface AspectStatusRow {
  readonly instance_id: string;
  readonly aspect: string;
  readonly observed_at: Utc;
  readonly state: AspectState;
  readonly message: string;
  readonly fix: string;
  readonly elapsed_ms: number;
  readonly rows_read: number;
  readonly budget_ms: number;
  readonly interval_s: number;
}
