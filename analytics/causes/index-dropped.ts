import { noticed, usesObject } from './cause.js';
import type { CauseRule } from './cause.js';

/** An index of a table that the query uses disappeared at the onset. */
const index_dropped: CauseRule = {
  kind: 'index_dropped',
  is_own: true,
  explain(facts) {
    const event = facts.events.find((event) => event.kind === 'index_dropped' && usesObject(facts, event.object_name));
    return (
      event && {
        sentence: `Index ${event.subject} on ${event.object_name} was dropped ${noticed(event)}; this query uses that table.`,
        object_name: event.object_name,
        subject: event.subject,
        occurred_at: event.occurred_at,
      }
    );
  },
};
export default index_dropped;
