/** An object of EXPLAIN's JSON, whose shape nobody promises: every field is asked for by type. */
export type PlanObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is PlanObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectsOf = (value: unknown): readonly PlanObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** MySQL writes costs of its first format as text. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

export const and = (conditions: readonly string[]): string =>
  conditions.filter((condition) => condition !== '').join(' AND ');
