import type { Store } from '@plumbline/clickhouse';
import type { Check } from './api/options.js';
import type { RunningJobs } from './jobs.js';
import type { Pipeline } from './pipeline.js';

const store_answers_within_ms = 3_000;

export interface Checked {
  readonly store: Store;
  readonly pipeline: Pipeline;
  readonly jobs: RunningJobs;
}

/**
 * What this process needs to do its part. Texts of the store or a broker may name hosts and users: without a token only
 * the fact is told.
 */
export async function checksOf({ store, pipeline: { collector, sink }, jobs }: Checked): Promise<readonly Check[]> {
  const checks = [check('store', await storeFailure(store))];
  if (collector !== undefined) {
    const is_delivering = collector.status().delivery_error === '';
    checks.push(check('delivery', is_delivering ? '' : 'batches wait in the outbox: see the log'));
  }
  if (sink !== undefined) {
    checks.push(check('sink', sink.status().store_error === '' ? '' : 'batches wait for the store: see the log'));
  }
  const failed = jobs.status().filter(({ last_state }) => last_state === 'failed');
  checks.push(check('jobs', failed.length === 0 ? '' : `failed: ${failed.map(({ name }) => name).join(', ')}`));
  return checks;
}

const check = (name: string, message: string): Check => ({
  name,
  status: message === '' ? 'ok' : 'failing',
  message,
});

async function storeFailure(store: Store): Promise<string> {
  try {
    await store.query('SELECT 1', { signal: AbortSignal.timeout(store_answers_within_ms) });
    return '';
  } catch {
    return 'does not answer';
  }
}
