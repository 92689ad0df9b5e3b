/** A spelling of the engine that PostgreSQL cannot read, and its own. Never a change of meaning. */
export interface SpellingRule {
  readonly pattern: RegExp;
  readonly replacement: string;
}

/** Text literals, quoted names and comments: what no rule and no bind may touch. */
const untouchable = /('(?:[^']|'')*'|"(?:[^"]|"")*"|\/\*[\s\S]*?\*\/|--[^\n]*)/;

/** Applies `change` to everything but text literals, quoted names and comments. */
const outsideLiterals = (sql: string, change: (code: string) => string): string =>
  sql
    .split(untouchable)
    .map((part, place) => (place % 2 === 0 ? change(part) : part))
    .join('');

export const respelled = (sql: string, rules: readonly SpellingRule[]): string =>
  outsideLiterals(sql, (code) =>
    rules.reduce((text, { pattern, replacement }) => text.replace(pattern, replacement), code),
  );

export interface PositionalSql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Named binds (`:name` or `@name`) as `$n`, one value each however often it is named. Throws when one has no value. */
export function positional(sql: string, binds: Readonly<Record<string, unknown>>, sign: ':' | '@'): PositionalSql {
  const places = new Map<string, number>();
  const values: unknown[] = [];
  // `::` is a cast and `@@` a system variable, not a bind.
  const bind = new RegExp(`(?<![${sign}\\w])${sign}([a-z_]\\w*)`, 'gi');
  const text = outsideLiterals(sql, (code) =>
    code.replace(bind, (_all, name: string) => {
      const known = places.get(name);
      if (known !== undefined) return `$${known}`;
      if (!(name in binds)) throw new Error(`bind ${sign}${name} has no value`);
      places.set(name, values.push(binds[name]));
      return `$${values.length}`;
    }),
  );
  return { text, values };
}
