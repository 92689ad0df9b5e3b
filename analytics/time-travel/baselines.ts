import type { Past } from '@plumbline/clickhouse';
import { fromUtc, utc } from '@plumbline/contracts';
import type { Utc } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { learnAgain } from '../jobs/baseline.js';

interface Learned {
  readonly instance_id: string;
  readonly computed_at: Utc;
  readonly query_hashes: readonly string[];
}

/**
 * The baselines in force before `from`. One that is still the newest is copied; one that was learned anew since is learned
 * again as of its moment, from the facts that had arrived by then.
 * @returns how many queries have a baseline.
 */
export async function takeBaselines(
  past: Past,
  from: Date,
  contextAt: (as_of: Date) => Promise<JobContext>,
): Promise<number> {
  const params = { from: utc(from) };
  await past.store.command(
    `INSERT INTO baselines SELECT * FROM ${past.present}.baselines
     WHERE (instance_id, query_hash, computed_at) IN (
       SELECT instance_id, query_hash, max(computed_at) AS newest FROM ${past.present}.baselines
       GROUP BY instance_id, query_hash HAVING newest < {from:DateTime64(3, 'UTC')}
     )`,
    { params },
  );
  for (const { instance_id, computed_at, query_hashes } of await replaced(past, from)) {
    const as_of = fromUtc(computed_at);
    await learnAgain(await contextAt(as_of), instance_id, query_hashes, as_of);
  }
  const [known] = await past.store.query<{ queries: number }>(
    'SELECT toUInt32(uniqExact(instance_id, query_hash)) AS queries FROM baselines',
  );
  return known?.queries ?? 0;
}

const replaced = ({ store, present }: Past, from: Date): Promise<readonly Learned[]> =>
  store.query(
    `SELECT instance_id, computed_at, arraySort(groupArray(query_hash)) AS query_hashes
     FROM (
       SELECT instance_id, query_hash, max(baseline_moments.computed_at) AS computed_at
       FROM ${present}.baseline_moments WHERE baseline_moments.computed_at < {from:DateTime64(3, 'UTC')}
         AND (instance_id, query_hash) NOT IN (SELECT instance_id, query_hash FROM baselines)
       GROUP BY instance_id, query_hash
     )
     GROUP BY instance_id, computed_at ORDER BY computed_at, instance_id`,
    { params: { from: utc(from) } },
  );
