import { STATUS_CODES } from 'node:http';
import type { Problem, ProblemJson } from '@plumbline/contracts';
import { ProblemError } from '@plumbline/contracts';
import { InstanceProblem } from '../credentials/instances.js';

export const problem_media_type = 'application/problem+json; charset=utf-8';

/** An answer that is not a success, thrown by routes. What a caller may read is in it, and nothing else. */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly problems: readonly Omit<Problem, 'where'>[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'HttpProblem';
  }
}

/** RFC 9457. `type` is about:blank: the status tells the kind, `problems` tell the fields. */
export function problemJson({ status, detail, problems }: HttpProblem, path: string): ProblemJson {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: path,
    problems: problems.map(({ field, message, mend }) => ({ field, message, mend })),
  };
}

const fastify_details: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not well-formed JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty, but the content type promises JSON.',
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than this server accepts (api.max_body_bytes).',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says.',
  FST_ERR_BAD_URL: 'The path is not well-formed percent-encoding.',
};

const refusal_status = { taken: 409, fixed_by_file: 409, not_there: 404 } as const;

/** What to answer to anything thrown; undefined when it is our own fault and the caller learns only that. */
export function httpProblemOf(error: unknown): HttpProblem | undefined {
  if (error instanceof HttpProblem) return error;
  if (error instanceof InstanceProblem) {
    return new HttpProblem(refusal_status[error.refusal], 'The instance cannot be used so.', error.problems);
  }
  if (error instanceof ProblemError) return new HttpProblem(422, 'Some fields are wrong.', error.problems);
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return undefined;
  return new HttpProblem(statusCode, fastify_details[String(code)] ?? 'The request cannot be understood.');
}

export const notFound = (detail: string, field: string, mend: string): HttpProblem =>
  new HttpProblem(404, detail, [{ field, message: 'is not known here', mend }]);

export const wrongField = (field: string, message: string, mend: string): HttpProblem =>
  new HttpProblem(422, 'Some fields are wrong.', [{ field, message, mend }]);
