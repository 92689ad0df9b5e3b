/**
 * What came over the network, by the type it should have. Nothing here throws: a value of another type is as good as
 * none, because a server of a newer version must not end the reading.
 */
export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const objectsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isObject);

/** Without NUL and lone surrogates, which the store's JSON does not take. */
export function textOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  return (value.replaceAll('\0', '') as string & { toWellFormed(): string }).toWellFormed();
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export const most_uint64 = 2n ** 64n - 1n;

/** Exact for decimal text of any length; a JSON number only as far as it is a safe integer. Never below 0 or over 2^64. */
export function countOf(value: unknown): bigint {
  const whole = wholeOf(value) ?? 0n;
  if (whole < 0n) return 0n;
  return whole > most_uint64 ? most_uint64 : whole;
}

export function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(Math.round(value)) ? BigInt(Math.round(value)) : undefined;
  const text = typeof value === 'string' ? value.trim() : '';
  return /^-?\d{1,40}(\.0*)?$/.test(text) ? BigInt(text.replace(/\..*/, '')) : undefined;
}

export const flagOf = (value: unknown): 0 | 1 =>
  value === true || value === 1 || /^true$/i.test(textOf(value)) ? 1 : 0;

/** Dremio writes times as `2024-04-24 13:39:43.000`, in UTC without saying so. Undefined for unset ones (NULL or 1970). */
export function timeOf(value: unknown): Date | undefined {
  const text = textOf(value);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const iso = text.replace(' ', 'T');
  const at = new Date(/[zZ]$|[+-]\d\d:?\d\d$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
  return at.getTime() > 0 ? at : undefined;
}

/** `[a, b]`, `a, b`, a JSON array, or a list of texts or of objects with a name. */
export function namesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    return value.map((one) => (isObject(one) ? textOf(one['name']) : textOf(one))).filter((name) => name !== '');
  }
  const text = textOf(value).trim();
  if (text === '') return [];
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return namesOf(parsed);
  } catch {
    // Dremio's own form, below.
  }
  return splitOutside(text.replace(/^\[([\s\S]*)\]$/, '$1'), ',').filter((name) => name !== '');
}

/** Splits at a separator that stands outside quotes and brackets, and trims the parts. */
export function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  scan(text, (sign, at, depth) => {
    if (sign !== separator || depth > 0) return;
    parts.push(text.slice(begin, at).trim());
    begin = at + 1;
  });
  return [...parts, text.slice(begin).trim()];
}

/** Every quote that was opened was closed. */
export const isClosed = (text: string): boolean => scan(text, () => undefined) === '';

/** Visits the signs outside quotes with the depth of brackets there; returns the quote left open, or ''. */
function scan(text: string, visit: (sign: string, at: number, depth: number) => void): string {
  let quote = '';
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (`'"\``.includes(sign)) quote = sign;
    else {
      if ('([{'.includes(sign)) depth += 1;
      if (')]}'.includes(sign)) depth -= 1;
      visit(sign, at, depth);
    }
  }
  return quote;
}
