import { SourceError } from '@plumbline/contracts';
import type { AspectState, Collected, SourceFailure } from '@plumbline/contracts';
import type { AspectPlan } from './aspect-plan.js';
import { messageOf } from './message-of.js';
import { OutboxError } from './outbox/outbox.js';
import type { CheckedRows } from './quality/check-rows.js';

export interface StatusPart {
  readonly state: AspectState;
  readonly message: string;
  readonly fix: string;
}

const shown_reasons = 3;

/** Rows that failed a check make a good reading degraded; what was wrong already stays the first thing told. */
export function withQuarantine(part: StatusPart, { quarantined, checked }: CheckedRows): StatusPart {
  if (quarantined.length === 0) return part;
  const reasons = [...new Set(quarantined.map(({ table_name, reason }) => `${table_name}: ${reason}`))];
  const more = reasons.length > shown_reasons ? ` and ${reasons.length - shown_reasons} more reasons` : '';
  const told = `${quarantined.length} of ${checked} rows are quarantined (${reasons.slice(0, shown_reasons).join('; ')}${more})`;
  return {
    state: part.state === 'ok' ? 'degraded' : part.state,
    message: [part.message, told].filter((text) => text !== '').join('; '),
    fix: part.fix || 'See the view quarantine_summary; report it if the source is a supported version.',
  };
}

/** Over budget counts as backing off until the pace is back to normal; a gap the engine names stays in the message. */
export function readingStatus(
  { outcome, rows_read }: Collected,
  plan: AspectPlan,
  elapsed_ms: number,
  multiplier: number,
): StatusPart {
  if (multiplier === 1) return outcome;
  const cost = `${Math.round(elapsed_ms)} ms and ${rows_read} rows of ${plan.budget_ms} ms and ${plan.budget_rows} rows`;
  const pace = `over budget: now read every ${plan.interval_s * multiplier} s instead of ${plan.interval_s} s`;
  return {
    state: 'backing_off',
    message: [`${pace}; the last reading took ${cost}`, outcome.message].filter((text) => text !== '').join('; '),
    fix: outcome.fix || `Raise aspects.${plan.name}.budget_ms, budget_rows or interval_s of this instance.`,
  };
}

export interface FailureStatus extends StatusPart {
  readonly loses_connection: boolean;
}

const keeps_connection: readonly SourceFailure[] = ['denied', 'timeout', 'unsupported'];

export function failureStatus(error: unknown): FailureStatus {
  if (error instanceof SourceError) {
    const state = error.failure === 'denied' || error.failure === 'unsupported' ? error.failure : 'failed';
    const loses_connection = !keeps_connection.includes(error.failure);
    return { state, message: error.message, fix: error.fix, loses_connection };
  }
  if (error instanceof OutboxError) {
    return { state: 'failed', message: error.message, fix: error.fix, loses_connection: false };
  }
  return { state: 'failed', message: messageOf(error), fix: 'It is tried again.', loses_connection: true };
}
