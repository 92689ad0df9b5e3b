import { StoreError } from '@plumbline/clickhouse/store-error';
import { HttpProblem } from './problem-json.js';

/** ClickHouse's numbers for an answer that grew over a limit: time, memory, rows, bytes. */
const too_slow = [159, 160];
const too_large = [158, 241, 307, 396];

/** Asks the store on a caller's behalf: what it refuses becomes an answer that says what to do. */
export async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw storeProblem(error) ?? error;
  }
}

function storeProblem(error: unknown): HttpProblem | undefined {
  if (!(error instanceof StoreError)) return undefined;
  const { code } = error;
  if (too_slow.includes(code)) return new HttpProblem(504, 'The store took too long. Ask for a shorter span.');
  if (too_large.includes(code)) return new HttpProblem(422, 'The answer is too large. Ask for a shorter span.');
  // Without a number nothing came back from the engine at all: it is down, closing or not reachable.
  if (code === 0) return new HttpProblem(503, 'The store does not answer. Try again.', [], { 'retry-after': '5' });
  return undefined;
}
