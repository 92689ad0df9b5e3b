import type { ProblemJson } from '@plumbline/contracts';
import { ApiError } from './ApiError';
import { narrowProblem } from './narrowProblem';

/** What a DBA can do about a status that came without problem+json: Grafana's proxy answers in its own words. */
const mends: Readonly<Record<number, { readonly detail: string; readonly mend: string }>> = {
  0: { detail: 'The browser could not reach Grafana.', mend: 'Check the network, then reload.' },
  401: {
    detail: 'The Plumbline API refused the token.',
    mend: 'Set a valid API token on the Configuration page of this app.',
  },
  403: { detail: 'You may not do this.', mend: 'Ask an administrator for the Editor or Admin role.' },
  404: {
    detail: 'Nothing was found at this address.',
    mend: 'Check the API URL on the Configuration page of this app.',
  },
  502: {
    detail: 'The Plumbline API does not answer.',
    mend: 'Start the server (plumbline start) and check the API URL on the Configuration page of this app.',
  },
  504: { detail: 'The Plumbline API took too long to answer.', mend: 'Choose a shorter time range, then reload.' },
};

/** Statuses whose cause is this app's own configuration, whatever words the answer has. */
const says_where = new Set([401, 403, 502, 504]);

interface FetchFailure {
  readonly status?: unknown;
  readonly statusText?: unknown;
  readonly data?: unknown;
}

/** Anything thrown, as problem+json: one form for the one view that shows it. */
export function problemOf(error: unknown): ProblemJson {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof Error) return fault(error.message);
  if (typeof error !== 'object' || error === null) return fault(String(error));
  return problemOfFetch(error);
}

function problemOfFetch({ status, statusText, data }: FetchFailure): ProblemJson {
  const known = narrowProblem(data);
  if (known !== undefined && known.problems.length > 0) return known;
  const code = typeof status === 'number' ? status : 0;
  const { detail, mend } = mends[code] ?? { detail: 'The Plumbline API could not answer.', mend: 'Reload the page.' };
  return {
    type: 'about:blank',
    title: known?.title ?? (typeof statusText === 'string' && statusText !== '' ? statusText : 'No answer'),
    status: code,
    detail: known?.detail || detail,
    problems: known !== undefined && !says_where.has(code) ? [] : [{ field: '', message: detail, mend }],
  };
}

const fault = (detail: string): ProblemJson => ({
  type: 'about:blank',
  title: 'This page failed',
  status: 0,
  detail,
  problems: [],
});
