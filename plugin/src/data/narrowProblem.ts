import type { ProblemJson } from '@plumbline/contracts';

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Problem+json out of an answer's body; undefined when the body is something else (a proxy's page, nothing at all). */
export function narrowProblem(body: unknown): ProblemJson | undefined {
  if (!isFields(body) || typeof body['title'] !== 'string' || typeof body['status'] !== 'number') return undefined;
  const problems = Array.isArray(body['problems']) ? body['problems'].filter(isFields) : [];
  return {
    type: textOf(body['type']) || 'about:blank',
    title: body['title'],
    status: body['status'],
    detail: textOf(body['detail']),
    ...(typeof body['instance'] === 'string' ? { instance: body['instance'] } : {}),
    problems: problems.map((problem) => ({
      field: textOf(problem['field']),
      message: textOf(problem['message']),
      mend: textOf(problem['mend']),
    })),
  };
}
