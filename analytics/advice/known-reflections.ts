import { fromUtc, utc, type Utc, type ViewRow } from '@plumbline/contracts';
import type { JobContext } from '../job.js';

export interface KnownReflections {
  readonly rows: readonly ViewRow<'reflections_latest'>[];
  /** When they were last listed; with none there, when it was last found so. */
  readonly listed_at: Utc;
}

/**
 * Every engine that lists reflections does so at least once a day. A list older than this, while they can be read, is of
 * reflections that are all gone: an empty list leaves no row.
 */
const list_is_old_after_s = 2 * 86_400;

/** The instance's reflections; undefined where they are not read, or cannot be just now. */
export async function knownReflections(
  { ask }: Pick<JobContext, 'ask'>,
  instance_id: string,
  as_of: Date,
): Promise<KnownReflections | undefined> {
  const aspects = await ask('aspects_latest', { instance_id });
  const status = aspects.find(({ aspect }) => aspect === 'reflections');
  if (status?.state !== 'ok' && status?.state !== 'degraded') return undefined;
  const listed = await ask('reflections_latest', { instance_id });
  const oldest = utc(new Date(as_of.getTime() - list_is_old_after_s * 1000));
  const rows = listed.filter(({ observed_at }) => observed_at > oldest && fromUtc(observed_at) <= as_of);
  return { rows, listed_at: rows[0]?.observed_at ?? status.observed_at };
}
