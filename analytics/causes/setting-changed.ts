import { noticed } from './cause.js';
import type { CauseRule } from './cause.js';

/** A server setting, or the server's version, changed at the onset. */
const setting_changed: CauseRule = {
  kind: 'setting_changed',
  is_own: true,
  explain(facts) {
    const event = facts.events.find((event) => event.kind === 'setting_changed' || event.kind === 'version_changed');
    if (event === undefined) return undefined;
    const name = event.kind === 'version_changed' ? 'server version' : event.object_name;
    return {
      sentence: `${event.kind === 'version_changed' ? 'The' : 'Setting'} ${name} changed from ${event.before || 'unset'} to ${event.after || 'unset'} ${noticed(event)}.`,
      object_name: event.object_name,
      subject: event.after,
      occurred_at: event.occurred_at,
    };
  },
};
export default setting_changed;
