import { aspect_ok, type AspectOutcome } from '@plumbline/contracts';
import { degraded } from '../../shared/outcome.js';

/** The first that is not ok: a reading says its worst thing first. */
export const worst = (...outcomes: readonly (AspectOutcome | undefined)[]): AspectOutcome =>
  outcomes.find((outcome) => outcome !== undefined && outcome.state !== 'ok') ?? aspect_ok;

export const malformedOutcome = (malformed: number, what: string): AspectOutcome | undefined =>
  malformed === 0
    ? undefined
    : degraded(
        `${malformed} rows of ${what} were left out: a value was not what its column holds`,
        'Compare the view with the documentation of this version, and report it',
      );
