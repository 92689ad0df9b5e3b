/** Rewrites of a statement text with `$n` so that the planner takes it. Pure; quotes and brackets are respected. */

/** `?` of a template → `$1`, `$2` …; a collapsed list keeps its one element. */
export function withNumbers(template: string): string {
  let number = 0;
  return outsideQuotes(template, (text) => text.replace(/,\s*\.\.\.|\.\.\./g, '').replace(/\?/g, () => `$${++number}`));
}

/** Numbers without gaps: the planner cannot type a parameter that is not used. */
export function renumbered(sql: string): string {
  const numbers = new Map<string, number>();
  return outsideQuotes(sql, (text) =>
    text.replace(/\$(\d+)/g, (_all, digits: string) => {
      const number = numbers.get(digits) ?? numbers.size + 1;
      numbers.set(digits, number);
      return `$${number}`;
    }),
  );
}

export const parameterCount = (sql: string): number => {
  let most = 0;
  outsideQuotes(sql, (text) => {
    for (const [, digits] of text.matchAll(/\$(\d+)/g)) most = Math.max(most, Number(digits));
    return text;
  });
  return most;
};

/** What the normalizer of pg_stat_statements leaves unparsable: typed literals and `extract` lose their meaning. */
export function repaired(sql: string): string {
  return outsideQuotes(sql.replaceAll('/*, ... */', ''), (text) =>
    text
      .replace(/=\s*any\s*\(\s*array\s*\[((?:\s*\$\d+\s*,?)+)\]\s*\)/gi, 'IN ($1)')
      .replace(/\b(date|timestamptz|timestamp|time|interval)\s+\$(\d+)/gi, '$$$2::$1')
      .replace(/\bextract\s*\(\s*\$(\d+)\s+from\s+/gi, 'date_part($$$1, ')
      .replace(/\bgenerate_series\s*\(\s*\$(\d+)\s*,\s*\$(\d+)\s*\)/gi, 'generate_series($$$1::bigint, $$$2::bigint)'),
  );
}

/**
 * The reading half of an UPDATE or DELETE, as a SELECT: it needs no right to write. Undefined for any other statement
 * and for forms not known here (WITH in front, WHERE CURRENT OF).
 */
export function readingHalf(sql: string): string | undefined {
  const flat = masked(sql);
  if (/\bwhere\s+current\s+of\b/i.test(flat)) return undefined;
  const find = (word: string, from = 0): number => {
    const at = flat.slice(from).search(new RegExp(`\\b${word}\\b`, 'i'));
    return at < 0 ? -1 : at + from;
  };
  const head = /^\s*(update|delete\s+from)\s+/i.exec(flat);
  if (head === null) return undefined;
  const end = find('returning') < 0 ? sql.length : find('returning');
  const where_at = find('where');
  const where = where_at < 0 || where_at > end ? '' : sql.slice(where_at, end);
  const stop = where === '' ? end : where_at;
  if (/^update$/i.test(head[1] ?? '')) {
    const set_at = find('set');
    const from_at = find('from', set_at);
    const others = from_at < 0 || from_at > stop ? '' : `, ${sql.slice(from_at + 4, stop)}`;
    return renumbered(`SELECT 1 FROM ${sql.slice(head[0].length, set_at)} ${others} ${where}`);
  }
  const using_at = find('using');
  if (using_at < 0 || using_at > stop) return renumbered(`SELECT 1 FROM ${sql.slice(head[0].length, stop)} ${where}`);
  const others = sql.slice(using_at + 5, stop);
  return renumbered(`SELECT 1 FROM ${sql.slice(head[0].length, using_at)}, ${others} ${where}`);
}

const quoted_part = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\/\*[\s\S]*?\*\/|--[^\n]*/g;

function outsideQuotes(sql: string, change: (text: string) => string): string {
  let result = '';
  let place = 0;
  for (const match of sql.matchAll(quoted_part)) {
    result += change(sql.slice(place, match.index)) + match[0];
    place = match.index + match[0].length;
  }
  return result + change(sql.slice(place));
}

/** The text with everything quoted, commented or bracketed blanked out, every character in its place. */
function masked(sql: string): string {
  const flat = sql.replace(quoted_part, (part) => '_'.repeat(part.length));
  let depth = 0;
  return [...flat.split('')]
    .map((character) => {
      if (character === ')') depth--;
      const shown = depth > 0 ? '_' : character;
      if (character === '(') depth++;
      return shown;
    })
    .join('');
}
