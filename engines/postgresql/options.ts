/** How the engine asks; the defaults are for production. */
export interface PostgresqlOptions {
  /** Texts of new statements are read at most this often. */
  readonly text_interval_s: number;
  /** And no sooner than this many times what the last reading of texts took: 200 is half a percent of the time. */
  readonly text_rest_ratio: number;
  /** Plans asked for in one reading. */
  readonly plans_per_reading: number;
}

export const default_options: PostgresqlOptions = { text_interval_s: 60, text_rest_ratio: 200, plans_per_reading: 20 };
