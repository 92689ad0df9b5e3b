import { utc } from '@plumbline/contracts';
import { computeFeatures } from '../features/compute.js';
import { feature_span_s } from '../features/definition.js';
import type { Job } from '../job.js';

const hour_ms = 3_600_000;

/** Features of statements, queries and instances as of the last whole hour, worked out inside the engine. */
const features_job: Job = {
  name: 'features',
  summary: 'Works out the features of statements, queries and instances',
  everySeconds: (settings) => settings.features_every_s,
  async run({ store, ask }, now) {
    const as_of = new Date(Math.floor(now.getTime() / hour_ms) * hour_ms);
    const since = new Date(as_of.getTime() - feature_span_s * 1000);
    const instances = await ask('judge_instances', { since: utc(since), as_of: utc(as_of) });
    await computeFeatures(store, { entity: 'statement', instance_id: '', as_of }, now);
    for (const { instance_id } of instances) {
      await computeFeatures(store, { entity: 'query', instance_id, as_of }, now);
      await computeFeatures(store, { entity: 'instance', instance_id, as_of }, now);
    }
    const [told] = await ask('judge_features', { as_of: utc(as_of) });
    const written_rows = told?.entities ?? 0;
    return { summary: `features of ${written_rows} entities as of ${utc(as_of)}`, written_rows };
  },
};
export default features_job;
