import type { ProblemJson } from '@plumbline/contracts';

/** The API, or something between it and us, did not give what was asked. `problem` says what and, per field, how to mend it. */
export class ApiError extends Error {
  constructor(
    readonly problem: ProblemJson,
    options?: ErrorOptions,
  ) {
    super(problem.detail || problem.title, options);
    this.name = 'ApiError';
  }
}
