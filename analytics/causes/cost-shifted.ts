import type { CauseRule } from './cause.js';

/** Share of the extra time that others must have given up: the rest would be a slowdown of its own. */
const min_moved_share = 0.8;
/** When all queries run less, a queue is full: nobody took over anybody's work. */
const min_others_calls_ratio = 0.8;

/** Another query of the same tables gave up the time that this one takes: a rewrite moved the work here. */
const cost_shifted: CauseRule = {
  kind: 'cost_shifted',
  is_own: true,
  explain({ lost, extra_load, others_calls_ratio }) {
    const moved = lost.reduce((sum, one) => sum + one.lost_load, 0);
    const [most] = [...lost].sort((left, right) => right.lost_load - left.lost_load);
    if (most === undefined || moved < min_moved_share * extra_load) return undefined;
    if (others_calls_ratio < min_others_calls_ratio) return undefined;
    const ms = (load: number): string => (1000 * load).toFixed(1);
    return {
      sentence: `Work moved here: ${lost.length === 1 ? 'a query' : `${lost.length} queries`} of the same tables gave up ${ms(moved)} ms per second as this one took ${ms(extra_load)} ms more, most of it ${most.query_hash}. Together they cost no more than before.`,
      object_name: '',
      subject: most.query_hash,
      occurred_at: null,
    };
  },
};
export default cost_shifted;
