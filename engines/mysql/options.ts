/** How the engine asks; the defaults are for production. */
export interface MysqlOptions {
  /** Plans asked for in one reading. */
  readonly plans_per_reading: number;
}

export const default_options: MysqlOptions = { plans_per_reading: 20 };
