import type rdkafka from 'node-rdkafka';

/** What a message says of itself without being parsed: `batch_id`, `schema_version`, `refusal`… */
export type TextHeaders = Readonly<Record<string, string>>;

export const headersOf = (headers: TextHeaders): rdkafka.MessageHeader[] =>
  Object.entries(headers).map(([name, value]) => ({ [name]: value }));

/** Undefined when there is no such header. */
export function headerText(headers: readonly rdkafka.MessageHeader[] | undefined, name: string): string | undefined {
  const value = headers?.find((header) => Object.hasOwn(header, name))?.[name];
  return value === undefined ? undefined : value.toString();
}
