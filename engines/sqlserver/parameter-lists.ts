import type { Parameter, Parameters } from './driver.js';

/** A list inside a statement, and the values it names. */
export interface ParameterList {
  readonly text: string;
  readonly parameters: Parameters;
}

/** So many are asked for at once. */
export const ids_at_once = 50;
export const entries_at_once = 20;

/**
 * Lists have one length, filled up with their last element: were their values or lengths in the text, Query Store would
 * keep each of our questions as another statement.
 */
function places<Element>(elements: readonly Element[], length: number): readonly Element[] {
  return Array.from({ length }, (_, place) => elements[Math.min(place, elements.length - 1)]) as readonly Element[];
}

/** `@id0, @id1…` @param ids at least one, at most `ids_at_once` */
export function idList(ids: readonly string[]): ParameterList {
  const filled = places(ids, ids_at_once);
  const parameters = filled.map((value, place): [string, Parameter] => [`id${place}`, { type: 'bigint', value }]);
  return {
    text: filled.map((_id, place) => `@id${place}`).join(', '),
    parameters: Object.fromEntries(parameters),
  };
}

/** A statement in the plan cache; handles as hex. */
export interface Handles {
  readonly sql_handle: string;
  readonly plan_handle: string;
  readonly start_offset: number;
  readonly end_offset: number;
}

/** Rows of VALUES, each with its place in the list. @param entries at least one, at most `entries_at_once` */
export function handleRows(entries: readonly Handles[]): ParameterList {
  const filled = places(entries, entries_at_once);
  const parameters = filled.flatMap((entry, place): [string, Parameter][] => [
    [`place${place}`, { type: 'int', value: Math.min(place, entries.length - 1) }],
    [`sql${place}`, { type: 'nvarchar(max)', value: entry.sql_handle }],
    [`plan${place}`, { type: 'nvarchar(max)', value: entry.plan_handle }],
    [`start${place}`, { type: 'int', value: entry.start_offset }],
    [`end${place}`, { type: 'int', value: entry.end_offset }],
  ]);
  const rows = filled.map((_entry, place) => {
    const handle = (name: string): string => `CONVERT(varbinary(64), @${name}${place}, 1)`;
    const whole = (name: string): string => `CAST(@${name}${place} AS int)`;
    return `(${[whole('place'), handle('sql'), handle('plan'), whole('start'), whole('end')].join(', ')})`;
  });
  return { text: rows.join(', '), parameters: Object.fromEntries(parameters) };
}

export function* chunks<Element>(elements: readonly Element[], length: number): Generator<readonly Element[]> {
  for (let from = 0; from < elements.length; from += length) yield elements.slice(from, from + length);
}
