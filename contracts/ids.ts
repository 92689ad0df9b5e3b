/**
 * Identifiers of the field's nouns. They are branded so that one cannot stand in for another, and are plain strings at
 * run time: 64-bit numbers lose digits in JSON, so every id crosses every border as text.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** One monitored server, as the configuration names it: 1 to 63 of `a-z 0-9 . _ -`. */
export type InstanceId = Branded<'InstanceId'>;
/** A normalized statement: the first 16 hex digits of the MD5 of its template (sql/normalize.ts). */
export type QueryHash = Branded<'QueryHash'>;
/** A plan's shape without costs, rows and literals: 16 hex digits. */
export type PlanHash = Branded<'PlanHash'>;
/** The engine's own statement id (queryid, DIGEST, SQL_ID, query_hash), text because it may be a signed 64-bit number. */
export type NativeId = Branded<'NativeId'>;
/** Names one batch for ever: the same window read again gives the same id (design: exactly once). */
export type BatchId = Branded<'BatchId'>;
export type RegressionId = Branded<'RegressionId'>;
export type RecommendationId = Branded<'RecommendationId'>;

export const instance_id_pattern = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const hash_pattern = /^[0-9a-f]{16}$/;

export function instanceId(text: string): InstanceId {
  if (!instance_id_pattern.test(text)) {
    throw new Error(`"${text}" is not an instance name: use 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit`);
  }
  return text as InstanceId;
}

export const queryHash = (text: string): QueryHash => hash16(text) as QueryHash;
export const planHash = (text: string): PlanHash => hash16(text) as PlanHash;
export const nativeId = (text: string): NativeId => text as NativeId;
export const batchId = (text: string): BatchId => text as BatchId;
export const regressionId = (text: string): RegressionId => hash16(text) as RegressionId;
export const recommendationId = (text: string): RecommendationId => hash16(text) as RecommendationId;

function hash16(text: string): string {
  if (!hash_pattern.test(text)) throw new Error(`"${text}" is not a hash of 16 hex digits`);
  return text;
}
