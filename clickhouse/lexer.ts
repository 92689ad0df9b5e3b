/** ClickHouse SQL cut into tokens: enough to split statements and to gate them, not to parse them. */
export type TokenKind = 'word' | 'quoted_name' | 'text' | 'number' | 'sign' | 'comment' | 'space' | 'broken';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
}

/**
 * Order matters: comments before signs, heredocs before words. An unclosed quote or comment is one `broken` token to
 * the end of the text. `#` opens a comment only before a space or `!`, as in the engine.
 */
const rules: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /[\s\u00a0\u200b-\u200f\u2028\u2029\u3000\ufeff]+/uy],
  ['comment', /--[^\n]*|\/\/[^\n]*|#[ !][^\n]*/uy],
  ['text', /'(?:[^'\\]|\\[\s\S]|'')*'|\$([A-Za-z0-9_]*)\$[\s\S]*?\$\1\$/uy],
  ['quoted_name', /`(?:[^`\\]|\\[\s\S]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*"/uy],
  ['broken', /(?:\/\*|['"`])[\s\S]*/uy],
  ['number', /\d[A-Za-z0-9_.]*/uy],
  ['word', /[A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*/uy],
  ['sign', /[\s\S]/uy],
];

export function tokens(sql: string): readonly Token[] {
  const found: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const token = blockComment(sql, at) ?? tokenAt(sql, at);
    found.push(token);
    at += token.text.length;
  }
  return found;
}

function tokenAt(sql: string, at: number): Token {
  for (const [kind, rule] of rules) {
    rule.lastIndex = at;
    const text = rule.exec(sql)?.[0];
    if (text) return { kind, text, start: at };
  }
  // Half of a surrogate pair: no rule with the u flag begins there.
  return { kind: 'broken', text: sql.slice(at, at + 1), start: at };
}

/** Block comments nest in ClickHouse, which no regular expression can follow. */
function blockComment(sql: string, at: number): Token | undefined {
  if (!sql.startsWith('/*', at)) return undefined;
  let depth = 0;
  for (let next = at; next < sql.length - 1;) {
    const two = sql.slice(next, next + 2);
    if (two === '/*') depth += 1;
    if (two === '*/') depth -= 1;
    next += two === '/*' || two === '*/' ? 2 : 1;
    if (depth === 0) return { kind: 'comment', text: sql.slice(at, next), start: at };
  }
  return { kind: 'broken', text: sql.slice(at), start: at };
}

/** The statements of a text, without comments around them and without their semicolons. Throws on an unclosed quote. */
export function splitStatements(sql: string): readonly string[] {
  const statements: string[] = [];
  let current = '';
  for (const token of tokens(sql)) {
    if (token.kind === 'broken')
      throw new SyntaxError(`a quote or comment opened at character ${token.start} is not closed`);
    if (token.kind === 'sign' && token.text === ';') {
      statements.push(current);
      current = '';
    } else if (token.kind !== 'comment') current += token.text;
  }
  return [...statements, current].map((statement) => statement.trim()).filter((statement) => statement !== '');
}
