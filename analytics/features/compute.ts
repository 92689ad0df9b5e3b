import { readFileSync } from 'node:fs';
import type { Store } from '@plumbline/clickhouse';
import { utc } from '@plumbline/contracts';
import { feature_definitions } from './definitions.js';
import { feature_set_version, feature_span_s, featureNames, wait_classes } from './definition.js';
import type { EntityKind, FeatureDefinition, FeatureKind } from './definition.js';

export const sourceOf = (entity: EntityKind): string =>
  readFileSync(new URL(`${entity}.sql`, import.meta.url), 'utf8').trim();

/** Of one instance; statements are of all instances together. */
export interface FeaturesAsked {
  readonly entity: EntityKind;
  readonly instance_id: string;
  /** Whole hours: the rollups they come from know nothing finer. */
  readonly as_of: Date;
}

/** Works features out inside the engine and stores them there. The same moment again replaces its rows. */
export async function computeFeatures(store: Store, asked: FeaturesAsked, computed_at: Date): Promise<void> {
  await store.command(insertText(asked.entity), { params: { ...paramsOf(asked), computed_at: utc(computed_at) } });
}

export const paramsOf = ({ instance_id, as_of }: Omit<FeaturesAsked, 'entity'>) => ({
  instance_id,
  as_of: utc(as_of),
  span_s: feature_span_s,
  version: feature_set_version,
  wait_classes,
});

function insertText(entity: EntityKind): string {
  const maps = (['count', 'real', 'list'] as const).map((kind) => `${mapOf(entity, kind)} AS ${kind}s`);
  return `INSERT INTO features
    (entity_kind, instance_id, query_hash, feature_set_version, as_of, counts, reals, lists, computed_at)
    SELECT '${entity}', told.instance_id, told.query_hash, {version:UInt16}, {as_of:DateTime64(3, 'UTC')},
      ${maps.join(',\n      ')}, {computed_at:DateTime64(3, 'UTC')}
    FROM (${sourceOf(entity)}) AS told`;
}

const types: Readonly<Record<FeatureKind, string>> = { count: 'UInt64', real: 'Float64', list: 'Array(String)' };

/** What is null, or no finite number, is left out: a feature that is not there was not worked out. */
function mapOf(entity: EntityKind, kind: FeatureKind): string {
  const pairs = feature_definitions[entity].filter((one) => one.kind === kind).flatMap(pairsOf);
  const map = `Map(LowCardinality(String), ${types[kind]})`;
  if (pairs.length === 0) return `CAST(map(), '${map}')`;
  if (kind === 'list') return `CAST(map(${pairs.map(([name, value]) => `'${name}', ${value}`).join(', ')}), '${map}')`;
  const known = pairs.map(([name, value]) => `('${name}', CAST(${value}, 'Nullable(${types[kind]})'))`);
  const is_known = kind === 'real' ? 'isFinite(ifNull(one.2, nan))' : 'isNotNull(one.2)';
  return `CAST(arrayMap(one -> (one.1, assumeNotNull(one.2)), arrayFilter(one -> ${is_known}, [${known.join(', ')}])), '${map}')`;
}

function pairsOf(definition: FeatureDefinition): readonly (readonly [name: string, value: string])[] {
  const column = `told.${definition.name}`;
  if (definition.suffixes === undefined) return [[definition.name, column]];
  return featureNames(definition).map((name, at) => [
    name,
    `if(length(${column}) >= ${at + 1}, toNullable(${column}[${at + 1}]), NULL)`,
  ]);
}
