/** What the store answered instead of rows. `code` is ClickHouse's own number (62 syntax, 241 memory…), 0 when none came. */
export class StoreError extends Error {
  readonly code: number;

  constructor(message: string, options: { code?: number | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StoreError';
    this.code = options.code ?? codeOf(message) ?? 0;
  }
}

const longest_message = 2_000;

/** The embedded engine leaves its error's code undefined on some paths, so it is always read from the text. */
function codeOf(message: string): number | undefined {
  const found = /\bCode:\s*(\d+)\b/.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

export function storeError(cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const given = (cause as { code?: unknown } | null)?.code;
  const code = codeOf(message) ?? (typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : undefined);
  const short = message.length > longest_message ? `${message.slice(0, longest_message)}…` : message;
  return new StoreError(short, { code, cause });
}
