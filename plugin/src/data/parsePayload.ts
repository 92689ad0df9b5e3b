/** JSON text of an event's payload; undefined when there is none or it is broken, which a page must survive. */
export function parsePayload<Value extends object>(text: string): Value | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Value) : undefined;
  } catch {
    return undefined;
  }
}
