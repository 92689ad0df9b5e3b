import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { granteeOf } from '../source.js';
import type { History } from './history.js';
import type { Reading } from './reading.js';
import type { Sweep } from './sweep.js';

/** A quiet night is no missing grant; a day without any statement but ours may be one. */
const longest_own_ms = 24 * 3_600_000;

export const noHistory = (reading: Reading): AspectOutcome => {
  const { edition } = reading.source.facts;
  return edition.id === 'cloud'
    ? {
        state: 'denied',
        message: 'neither sys.project.jobs_recent nor sys.project.history.jobs is shown to this token',
        fix: `GRANT VIEW JOB HISTORY ON PROJECT TO USER ${granteeOf(reading.source.facts)}`,
      }
    : {
        state: 'unsupported',
        message: 'this Dremio has no sys.jobs_recent',
        fix: 'Upgrade to Dremio 24 or later',
      };
};

export interface Seen {
  readonly sweep: Sweep;
  readonly given_up: number;
  readonly is_cut_short: boolean;
  /** How long the history has shown no statement but ours. */
  readonly own_ms: number;
}

/** The gravest gap of this reading. */
export function outcomeOf(reading: Reading, history: History, seen: Seen): AspectOutcome {
  const { rows_per_reading, most_remembered_runs } = reading.source.options;
  if (seen.sweep.cursor !== undefined) {
    return {
      state: 'degraded',
      message: `catching up: the history is read up to ${new Date(seen.sweep.cursor.submitted_ms).toISOString()}, ${rows_per_reading} rows at a time`,
      fix: 'Nothing to do if it passes; else lower interval_s of the runs aspect of this instance',
    };
  }
  if (seen.is_cut_short) {
    return {
      state: 'degraded',
      message: `more than ${most_remembered_runs} runs in ${history.table.overlap_s} s: rows that the history shows late are missed`,
      fix: 'Nothing is lost while the history is written at once; watch a part of the load by another instance if it is not',
    };
  }
  if (seen.given_up > 0) {
    return {
      state: 'degraded',
      message: `${seen.given_up} runs were forgotten by Dremio before they had ended`,
      fix: 'Raise the support key jobs.max.age_in_days if runs last longer than it',
    };
  }
  if (seen.sweep.damaged > 0) {
    return {
      state: 'degraded',
      message: `${seen.sweep.damaged} rows of the history have no id or no time of submission`,
      fix: 'Report it together with the version of the server',
    };
  }
  if (seen.own_ms >= longest_own_ms) return onlyOwn(reading);
  return aspect_ok;
}

/** Enterprise and Cloud show a user without the privilege its own runs, and say nothing. */
const onlyOwn = (reading: Reading): AspectOutcome => {
  const place = reading.source.facts.edition.id === 'cloud' ? 'PROJECT' : 'SYSTEM';
  return {
    state: 'degraded',
    message: 'for a day no statement was shown but our own: nothing else ran, or it is hidden',
    fix: `If something ran: GRANT VIEW JOB HISTORY ON ${place} TO USER ${granteeOf(reading.source.facts)}`,
  };
};
