import { neighbours_subject, times } from './cause.js';
import type { CauseFacts, CauseRule } from './cause.js';

const min_growth_ratio = 2;
const min_samples = 3;
/** Share of the extra time that the wait's own growth must explain. */
const min_explained_share = 0.3;
/** Share of the slowdown, as a logarithm, that the whole instance must show to be called its neighbours' doing. */
const min_instance_share = 0.5;

/** It waits more for one thing; or the whole instance became slower with it. */
const waits_grew: CauseRule = {
  kind: 'waits_grew',
  is_own: false,
  explain(facts) {
    const wait = facts.waits.find(
      (wait) =>
        wait.samples_after >= min_samples &&
        wait.load_after >= min_growth_ratio * wait.load_before &&
        wait.load_after - wait.load_before >= min_explained_share * facts.extra_load,
    );
    if (wait === undefined) return neighbours(facts);
    const name = wait.wait_event === '' ? wait.wait_class : `${wait.wait_class} (${wait.wait_event})`;
    return {
      sentence: `It waits for ${name} ${Math.round(1000 * wait.load_after)} ms per second, before ${Math.round(1000 * wait.load_before)} ms.`,
      object_name: '',
      subject: wait.wait_event || wait.wait_class,
      occurred_at: null,
    };
  },
};
export default waits_grew;

function neighbours(facts: CauseFacts): ReturnType<CauseRule['explain']> {
  const shift = Math.log(facts.instance_shift_ratio);
  if (shift < Math.log(1.1) || shift < min_instance_share * Math.log(facts.effect_ratio)) return undefined;
  return {
    sentence: `The instance's median query became ${times(facts.instance_shift_ratio)} slower at the same time: the server is loaded by neighbours, this query alone did not change.`,
    object_name: '',
    subject: neighbours_subject,
    occurred_at: null,
  };
}
