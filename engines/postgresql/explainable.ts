/** Rewrites of a statement text with `$n` so that the planner takes it. Pure; quotes and brackets are respected. */

/** `?` of a template → `$1`, `$2` …; a collapsed list keeps its one element, an operator spelled with `?` stays. */
export function withNumbers(template: string): string {
  let number = 0;
  return questionMarks(template)
    .map(({ before, sign, is_operator }) => before + (is_operator || sign === '' ? sign : `$${++number}`))
    .join('');
}

/** Whether it has an operator of jsonb or geometry that is spelled with `?`, or what cannot be told from one. */
export const hasQuestionOperator = (template: string): boolean =>
  questionMarks(template).some(({ is_operator }) => is_operator);

interface QuestionMark {
  /** The text since the last one. */
  readonly before: string;
  /** `?`, an operator around it, or '' at the end. */
  readonly sign: string;
  readonly is_operator: boolean;
}

const operator_run = /[-+*/<>=~!@#%^&|`?]+/g;
/** Longer than an identifier and its spaces. */
const neighbourhood = 80;
const last_word = /(\w+)\s*$/;
const first_word = /^\s*(\w+)/;

/** In a template only an operator touches its `?`, all else has spaces around; or the operator stands between operands. */
function questionMarks(template: string): QuestionMark[] {
  const text = outsideQuotes(template, (part) => part.replace(/,\s*\.\.\.|\.\.\./g, ''));
  const flat = blanked(text);
  const marks: QuestionMark[] = [];
  let place = 0;
  for (const { 0: sign, index } of flat.matchAll(operator_run)) {
    if (!sign.includes('?')) continue;
    const head = flat.slice(Math.max(0, index - neighbourhood), index);
    const tail = flat.slice(index + sign.length, index + sign.length + neighbourhood);
    const is_operator = sign.length > 1 || (endsOperand(head) && beginsOperand(tail));
    marks.push({ before: text.slice(place, index), sign, is_operator });
    place = index + sign.length;
  }
  return [...marks, { before: text.slice(place), sign: '', is_operator: false }];
}

const endsOperand = (head: string): boolean => /[\w)\]?]\s*$/.test(head) && !isKeyword(last_word.exec(head)?.[1]);
const beginsOperand = (tail: string): boolean => /^\s*[\w(?]/.test(tail) && !isKeyword(first_word.exec(tail)?.[1]);

const keywords = new Set(
  `all and any array as asc at between by case cross desc distinct do else end escape except fetch filter first for from
  full group having ilike in inner intersect interval into is join lateral left like limit natural next not null nulls
  offset on only or order over partition returning right row rows select set similar some then to top union using values
  when where with within zone`.split(/\s+/),
);
const isKeyword = (word: string | undefined): boolean => word !== undefined && keywords.has(word.toLowerCase());

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

/** The text with everything quoted or commented blanked out, every character in its place. */
const blanked = (sql: string): string => sql.replace(quoted_part, (part) => '_'.repeat(part.length));

/** And everything in brackets too. */
function masked(sql: string): string {
  const flat = blanked(sql);
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
