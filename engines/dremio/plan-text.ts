import { isClosed, numberOf, splitOutside } from './fields.js';

/** One line of a physical plan as Dremio prints it. */
export interface PlanLine {
  /** `MM-OO`: fragment and operator, as profiles number them. */
  readonly id: string;
  readonly depth: number;
  readonly name: string;
  /** What stands in its parentheses: `condition` → `=($0, 42)`. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly estimated_rows: number | null;
  /** Processor units of the cumulative cost: the one part that is never 0. */
  readonly cost: number | null;
}

const line_start = /^(\d{2,4}-\d{2,4})( +)(\S.*)$/s;
const most_lines = 5_000;

/** The operators in the order printed; a text of another form gives none. */
export function planLines(text: string): readonly PlanLine[] {
  return whole(text.split(/\r?\n(?=\d{2,4}-\d{2,4} )/).slice(0, most_lines)).flatMap((line) => planLine(line) ?? []);
}

/** A literal may hold line ends, and what looks like a line after them: a line whose quotes are open goes on. */
function whole(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let open = '';
  for (const line of lines) {
    const text = open === '' ? line : `${open}\n${line}`;
    if (isClosed(beforeFacts(text))) joined.push(text);
    open = isClosed(beforeFacts(text)) ? '' : text;
  }
  return open === '' ? joined : [...joined, open];
}

const facts_start = ' : rowType = ';
const beforeFacts = (line: string): string =>
  line.includes(facts_start) ? line.slice(0, line.lastIndexOf(facts_start)) : line;

function planLine(line: string): PlanLine | undefined {
  const [, id, indent, rest] = line_start.exec(line) ?? [];
  if (id === undefined || indent === undefined || rest === undefined) return undefined;
  const name = /^[\w-]+/.exec(rest)?.[0] ?? '';
  if (name === '') return undefined;
  const operator = beforeFacts(rest);
  const facts = rest.slice(operator.length);
  const cost = /cumulative cost = \{[^}]*?([\d.E+-]+) cpu/.exec(facts)?.[1];
  return {
    ...{ id, name, depth: Math.floor(indent.length / 2) },
    attributes: attributesOf(operator.slice(name.length)),
    estimated_rows: numberOf(/rowcount = ([\d.E+-]+)/.exec(facts)?.[1]) ?? null,
    cost: numberOf(cost) ?? null,
  };
}

/** `(table=[a.b], condition=[=($0, 1)])`. */
function attributesOf(text: string): ReadonlyMap<string, string> {
  const inner = /^\(([\s\S]*)\)\s*$/.exec(text.trim())?.[1] ?? '';
  const attributes = new Map<string, string>();
  for (const part of splitOutside(inner, ',')) {
    const [, name, value] = /^([\w $-]+?)=\[([\s\S]*)\]$/.exec(part) ?? [];
    if (name !== undefined && value !== undefined && !attributes.has(name)) attributes.set(name, value);
  }
  return attributes;
}

/** `lake."a.b".t` → its parts without quotes. */
export const pathParts = (path: string): readonly string[] =>
  splitOutside(path, '.')
    .map((part) => part.replace(/^["`]([\s\S]*)["`]$/, '$1').replaceAll('""', '"'))
    .filter((part) => part !== '');
