/** What one statement of a reader may cost. */
export interface EndpointLimits {
  readonly max_execution_time_s: number;
  readonly max_memory_bytes: number;
  readonly max_result_rows: number;
  readonly max_result_bytes: number;
  readonly max_body_bytes: number;
}

export const default_limits: EndpointLimits = {
  max_execution_time_s: 30,
  max_memory_bytes: 1_000_000_000,
  max_result_rows: 1_000_000,
  max_result_bytes: 200_000_000,
  max_body_bytes: 1_000_000,
};

/** Settings a client may give. All others are dropped without a word, as clients send many that mean nothing here. */
const free = new Set([
  'limit',
  'offset',
  'max_threads',
  'join_use_nulls',
  'date_time_output_format',
  'session_timezone',
  'output_format_json_quote_64bit_integers',
  'output_format_json_quote_denormals',
  'output_format_json_named_tuples_as_objects',
  'output_format_native_encode_types_in_binary_format',
  'output_format_native_write_json_as_string',
  'group_by_overflow_mode',
  'extremes',
]);

/** What the statement's session is opened with: a client may ask for less than the limits, never for more. */
export function fixedSettings(
  asked: Readonly<Record<string, string>>,
  limits: EndpointLimits,
): Readonly<Record<string, string | number>> {
  const given = Object.entries(asked).filter(([name, value]) => free.has(name) && /^[\w+/-]{1,64}$/.test(value));
  return {
    ...Object.fromEntries(given),
    max_execution_time: least(asked['max_execution_time'], limits.max_execution_time_s),
    max_result_rows: least(asked['max_result_rows'], limits.max_result_rows),
    max_result_bytes: least(asked['max_result_bytes'], limits.max_result_bytes),
    max_memory_usage: least(asked['max_memory_usage'], limits.max_memory_bytes),
    result_overflow_mode: 'throw',
    timeout_overflow_mode: 'throw',
    readonly: 1,
  };
}

/** 0 means "no limit" to a client. */
function least(asked: string | undefined, limit: number): number {
  const number = Number(asked);
  return Number.isFinite(number) && number > 0 ? Math.min(number, limit) : limit;
}
