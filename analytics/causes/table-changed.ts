import { noticed, usesObject } from './cause.js';
import type { CauseRule } from './cause.js';

const said: Readonly<Record<string, string>> = {
  table_created: 'was created',
  table_dropped: 'was dropped',
  column_changed: 'had a column changed',
  index_created: 'got an index',
};

/** A table of this query was altered at the onset: columns, a new index, made anew. */
const table_changed: CauseRule = {
  kind: 'table_changed',
  is_own: true,
  explain(facts) {
    const event = facts.events.find((event) => event.kind in said && usesObject(facts, event.object_name));
    return (
      event && {
        sentence: `Table ${event.object_name} ${said[event.kind]}${event.subject === '' ? '' : ` (${event.subject})`} ${noticed(event)}.`,
        object_name: event.object_name,
        subject: event.subject,
        occurred_at: event.occurred_at,
      }
    );
  },
};
export default table_changed;
