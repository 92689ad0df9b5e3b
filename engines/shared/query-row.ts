import { utc, type Dialect, type QueryRow, type Template } from '@plumbline/contracts';
import type { ReadingOf } from './reading.js';

/** Once per hash: what the template does, and its features. */
export async function queryRow(
  template: Template,
  dialect: Dialect,
  { instance_id, tools }: Pick<ReadingOf<unknown>, 'instance_id' | 'tools'>,
): Promise<Omit<QueryRow, 'batch_id'>> {
  const features = await tools.features(template);
  return {
    instance_id,
    query_hash: template.query_hash,
    dialect,
    statement_class: template.statement_class,
    template: template.template,
    hints: template.hints,
    is_truncated: template.is_truncated ? 1 : 0,
    normalizer_version: template.normalizer_version,
    feature_source: features.feature_source,
    features: JSON.stringify(features),
    observed_at: utc(tools.clock.now()),
  };
}
