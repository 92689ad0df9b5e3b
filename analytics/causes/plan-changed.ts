import { noticed } from './cause.js';
import type { CauseRule } from './cause.js';

/** The optimizer chose another plan for this very query at the onset. */
const plan_changed: CauseRule = {
  kind: 'plan_changed',
  is_own: true,
  explain(facts) {
    const event = facts.events.find((event) => event.kind === 'plan_changed' && event.query_hash === facts.query_hash);
    return (
      event && {
        sentence: `The plan changed from ${event.before || 'an unknown one'} to ${event.after || event.subject} ${noticed(event)}.`,
        object_name: '',
        subject: event.after || event.subject,
        occurred_at: event.occurred_at,
      }
    );
  },
};
export default plan_changed;
