import { numberOf, splitOutside } from './fields.js';

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

/** The operators in the order printed; a text of another form gives none. A literal may hold line ends. */
export function planLines(text: string): readonly PlanLine[] {
  return text
    .split(/\r?\n(?=\d{2,4}-\d{2,4} )/)
    .slice(0, most_lines)
    .flatMap((line) => planLine(line) ?? []);
}

function planLine(line: string): PlanLine | undefined {
  const [, id, indent, rest] = line_start.exec(line) ?? [];
  if (id === undefined || indent === undefined || rest === undefined) return undefined;
  const name = /^[\w-]+/.exec(rest)?.[0] ?? '';
  if (name === '') return undefined;
  const facts = rest.slice(Math.max(0, rest.lastIndexOf(' : rowType = ')));
  const cost = /cumulative cost = \{[^}]*?([\d.E+-]+) cpu/.exec(facts)?.[1];
  return {
    ...{ id, name, depth: Math.floor(indent.length / 2) },
    attributes: attributesOf(rest.slice(name.length, rest.length - facts.length || undefined)),
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
