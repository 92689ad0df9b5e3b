/** counts are exact 64-bit numbers; reals measures, ratios and shares; lists names. */
export type FeatureKind = 'count' | 'real' | 'list';
export const entity_kinds = ['statement', 'query', 'instance'] as const;
export type EntityKind = (typeof entity_kinds)[number];

/** One feature. Its column in `<entity>.sql` beside this file has its name; a null there is a feature left out. */
export interface FeatureDefinition {
  readonly name: string;
  readonly kind: FeatureKind;
  /** As in column names: us, bytes, calls; "1" for ratios and flags. */
  readonly unit: string;
  readonly meaning: string;
  /** The feature set's version that first had it. */
  readonly since: number;
  /** A family: the column is an array, and its elements are the features `<name>_<suffix>` in this order. */
  readonly suffixes?: readonly string[];
}

/**
 * Raise it when a feature is added, taken away, or comes to mean something else: rows of different versions are kept side
 * by side and never mixed in one answer.
 */
export const feature_set_version = 1;

/** What the behaviour of a query or an instance is looked at over; part of the version's meaning. */
export const feature_span_s = 86_400;

export const featureNames = ({ name, suffixes }: FeatureDefinition): readonly string[] =>
  suffixes === undefined ? [name] : suffixes.map((suffix) => `${name}_${suffix}`);

const of =
  (kind: FeatureKind, since = 1) =>
  (name: string, unit: string, meaning: string, suffixes?: readonly string[]): FeatureDefinition => ({
    ...{ name, kind, unit, meaning, since },
    ...(suffixes === undefined ? {} : { suffixes }),
  });
export const count = of('count');
export const real = of('real');
export const list = of('list');

export const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
export const wait_classes = ['cpu', 'io', 'lock', 'lwlock', 'client', 'ipc', 'other'];
