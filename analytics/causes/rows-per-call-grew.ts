import { times } from './cause.js';
import type { CauseRule } from './cause.js';

const min_growth_ratio = 1.5;

/** Each run returns or changes more rows than it used to: the same statement is asked for more. */
const rows_per_call_grew: CauseRule = {
  kind: 'rows_per_call_grew',
  is_own: true,
  explain({ rows_per_call_before: before, rows_per_call_after: after }) {
    if (before <= 0 || after < min_growth_ratio * before) return undefined;
    return {
      sentence: `Each run now handles ${after.toFixed(1)} rows, ${times(after / before)} the ${before.toFixed(1)} of its baseline.`,
      object_name: '',
      subject: '',
      occurred_at: null,
    };
  },
};
export default rows_per_call_grew;
