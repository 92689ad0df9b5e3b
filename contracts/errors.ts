/** One thing wrong in what a person wrote: where it is and how to mend it. Never holds a secret or a literal. */
export interface Problem {
  /** File, environment variable, command-line option or "body" of a request. */
  readonly where: string;
  /** Dotted path of the field, with the line when known: `instances[0].interval_s`. */
  readonly field: string;
  readonly line?: number | undefined;
  readonly message: string;
  readonly mend: string;
}

export class ProblemError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(problemText).join('\n'));
    this.name = 'ProblemError';
  }
}

export function problemText(problem: Problem): string {
  const line = problem.line === undefined ? '' : `:${problem.line}`;
  return `${problem.where}${line}: ${problem.field}: ${problem.message}. ${problem.mend}`;
}

export type SourceFailure =
  'unreachable' | 'wrong_password' | 'no_database' | 'denied' | 'timeout' | 'unsupported' | 'broken';

/** A source did not answer as it should: what failed and the exact fix, safe to log and to show. */
export class SourceError extends Error {
  constructor(
    readonly failure: SourceFailure,
    message: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SourceError';
  }
}
