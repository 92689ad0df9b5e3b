/** How the engine asks; the defaults are for production. */
export interface SqlServerOptions {
  /** Query Store intervals read at once after a pause of the collector; the rest follows at the next readings. */
  readonly intervals_per_reading: number;
  /** Texts of plan-cache entries asked for in one reading; what the others did is told when their text has come. */
  readonly cache_texts_per_reading: number;
  /** Plans asked for in one reading. */
  readonly plans_per_reading: number;
}

export const default_options: SqlServerOptions = {
  intervals_per_reading: 48,
  cache_texts_per_reading: 500,
  plans_per_reading: 50,
};
