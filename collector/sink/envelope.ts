import { checkNdjson } from '@plumbline/clickhouse';
import { batch_schema, row_columns, type Batch } from '@plumbline/contracts';

export type Opened =
  { readonly batch: Batch; readonly reason?: undefined } | { readonly batch?: undefined; readonly reason: string };

export function openEnvelope(message: unknown): Opened {
  const parsed = batch_schema.safeParse(message);
  if (parsed.success) return { batch: parsed.data };
  const issues = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
  return { reason: `not a batch: ${issues.join('; ')}` };
}

/** Why this part of a batch cannot be inserted, seen without asking the store; '' when it can be tried. */
export function partProblem(part: Batch['tables'][number]): string {
  if (!Object.hasOwn(row_columns, part.table)) return `"${part.table}" is not a table that batches may name`;
  const lines = part.ndjson.split('\n').length;
  if (lines !== part.row_count) return `${part.row_count} rows announced, ${lines} lines found`;
  try {
    checkNdjson(part.ndjson);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
