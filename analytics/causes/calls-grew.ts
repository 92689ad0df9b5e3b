import { times } from './cause.js';
import type { CauseRule } from './cause.js';

const min_growth_ratio = 2;

/** The query runs much more often and gets in its own way. */
const calls_grew: CauseRule = {
  kind: 'calls_grew',
  is_own: true,
  explain({ calls_ratio }) {
    if (calls_ratio < min_growth_ratio) return undefined;
    return {
      sentence: `It runs ${times(calls_ratio)} as often as in its baseline.`,
      object_name: '',
      subject: '',
      occurred_at: null,
    };
  },
};
export default calls_grew;
