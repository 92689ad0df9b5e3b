import type { CacheState } from './plan-cache.js';
import type { StoreState } from './query-store.js';

export interface StatementsState {
  readonly shape: 'sqlserver.statements.1';
  readonly at: string;
  /** By database name. `plan_cache`: its statements are in `cache`. */
  readonly databases: Readonly<Record<string, StoreState | { readonly source: 'plan_cache' }>>;
  /** null when no database needed it at the last reading. */
  readonly cache: CacheState | null;
  /** `[database, native hash, text id]` as JSON → query_hash, own or hidden. The newest last. */
  readonly texts: readonly (readonly [key: string, known_text: string])[];
}

export const statements_shape = 'sqlserver.statements.1';
export const longest_texts_memory = 20_000;
