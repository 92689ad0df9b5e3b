import type { DialectFlags } from './flags.js';
import * as scan from './scan.js';
import { kind, TokenList, type Kind } from './token-list.js';
import { reserved_words } from './words.js';

export interface Lexed {
  readonly tokens: TokenList;
  /** The insides of optimizer hints (comments that open with a plus), literals not yet removed. */
  readonly hints: readonly string[];
  /** The text ended inside a string, a quoted name or a comment. */
  readonly is_open: boolean;
}

export function lex(text: string, flags: DialectFlags): Lexed {
  const lexer = new Lexer(text, flags);
  lexer.run();
  return lexer;
}

const words_that_open_operand = new Set(['array', 'any', 'all', 'case', 'cast']);
const extract_fields = /^[a-z_]+$/;
const charset_introducer =
  /^_(utf8|utf8mb[34]|latin[1257]|binary|ascii|ucs2|utf16|utf16le|utf32|cp\d+|gbk|gb2312|gb18030|big5|sjis|ujis)$/;

class Lexer implements Lexed {
  readonly tokens = new TokenList();
  readonly hints: string[] = [];
  is_open = false;
  private place = 0;
  private executable_depth = 0;

  constructor(
    private readonly text: string,
    private readonly flags: DialectFlags,
  ) {}

  run(): void {
    const { text } = this;
    while (this.place < text.length) {
      const unit = text.charCodeAt(this.place);
      if (scan.isSpace(unit)) this.place++;
      else if (scan.isWordStart(unit)) this.word();
      else if (scan.isDigit(unit)) this.number();
      else this.sign(text.charAt(this.place));
    }
  }

  private sign(character: string): void {
    switch (character) {
      case "'":
        return this.string(this.place + 1, this.flags.backslash_escapes);
      case '"':
        return this.flags.double_quote === 'string'
          ? this.literalTo(
              scan.quoteEnd(this.text, this.place + 1, '"', this.flags.backslash_escapes),
              kind.string,
              "'x'",
            )
          : this.quoted('"');
      case '`':
        return this.flags.backtick_identifiers ? this.quoted('`') : this.operator();
      case '[':
        return this.flags.bracket_identifiers ? this.quoted(']') : this.punctuation(character);
      case '(':
      case ')':
      case ']':
      case ',':
      case ';':
      case '{':
      case '}':
      case '\\':
        return this.punctuation(character);
      case '.':
        return this.dot();
      case ':':
        return this.colon();
      case '$':
        return this.dollar();
      case '#':
        return this.flags.hash_comments ? this.lineComment() : this.wordOrOperator(character);
      case '@':
        return this.at();
      case '?':
        return this.questionMark();
      case '-':
      case '/':
      case '*':
        return this.commentOrOperator();
      default:
        return this.wordOrOperator(character);
    }
  }

  private punctuation(character: string): void {
    this.tokens.push(kind.punctuation, character);
    this.place++;
  }

  private dot(): void {
    const { text, tokens } = this;
    if (this.flags.merges_all_literal_lists && text.startsWith('...', this.place)) {
      this.place += 3;
      tokens.push(kind.parameter, '...');
    } else if (scan.isDigit(text.charCodeAt(this.place + 1)) && !tokens.endsOperand(tokens.length - 1)) this.number();
    else this.punctuation('.');
  }

  private colon(): void {
    const { text } = this;
    const next = text.charAt(this.place + 1);
    if (next === ':') {
      this.tokens.push(kind.punctuation, '::');
      this.place += 2;
    } else if (this.flags.colon_parameters && next === '"') {
      this.literalTo(scan.quoteEnd(text, this.place + 2, '"', false), kind.parameter, '?');
    } else if (this.flags.colon_parameters && /\w/.test(next)) {
      this.literalTo(scan.wordEnd(text, this.place + 1, '$#'), kind.parameter, '?');
    } else if (next === '=') this.operator();
    else this.punctuation(':');
  }

  private dollar(): void {
    const { text, flags } = this;
    if (flags.dollar_quotes) {
      if (scan.isDigit(text.charCodeAt(this.place + 1))) {
        return this.literalTo(scan.wordEnd(text, this.place + 1, ''), kind.parameter, '?');
      }
      const tag = scan.dollarTag(text, this.place);
      if (tag !== '') {
        const close = text.indexOf(tag, this.place + tag.length);
        return this.literalTo(close < 0 ? -1 : close + tag.length, kind.string, "'x'");
      }
    } else if (/[\d.]/.test(text.charAt(this.place + 1))) {
      this.place++;
      return this.number();
    }
    this.wordOrOperator('$');
  }

  private at(): void {
    const { text, flags } = this;
    const is_name = /[\w@#$]/.test(text.charAt(this.place + 1));
    if (!flags.at_parameters || !is_name || text.charAt(this.place + 1) === '@') return this.wordOrOperator('@');
    const before = this.tokens.wordBefore(1);
    // A table variable is a table, not a value.
    if (before === 'from' || before === 'join' || before === 'into' || before === 'update') return this.word();
    this.literalTo(scan.wordEnd(text, this.place + 1, flags.word_characters), kind.parameter, '?');
  }

  private questionMark(): void {
    const { tokens, flags } = this;
    if (flags.free_operators) {
      const end = scan.freeOperatorEnd(this.text, this.place);
      if (end - this.place > 1) return this.operator();
      // A template has `?` for each literal, the jsonb operator `?` stands between two operands.
      if (tokens.endsOperand(tokens.length - 1) && this.operandFollows(end)) return this.operator();
    }
    this.literalTo(this.place + 1, kind.parameter, '?');
  }

  private operandFollows(from: number): boolean {
    const next = /^\s*(.)(\w*)/s.exec(this.text.slice(from, from + 80));
    if (!next) return false;
    const [, first = '', rest = ''] = next;
    if (/['"$?(:]/.test(first)) return first !== ':';
    const word = (first + rest).toLowerCase();
    return /\w/.test(first) && (!reserved_words.has(word) || words_that_open_operand.has(word));
  }

  private commentOrOperator(): void {
    const { text, flags } = this;
    const two = text.slice(this.place, this.place + 2);
    if (two === '--' && (!flags.dash_comment_needs_space || !/\S/.test(text.charAt(this.place + 2)))) {
      this.lineComment();
    } else if (two === '/*') this.blockComment();
    else if (two === '*/' && this.executable_depth > 0) {
      this.executable_depth--;
      this.place += 2;
    } else this.operator();
  }

  private lineComment(): void {
    const end = this.text.indexOf('\n', this.place);
    const stop = end < 0 ? this.text.length : end;
    if (this.flags.line_hints && this.text.startsWith('--+', this.place))
      this.hints.push(this.text.slice(this.place + 3, stop));
    this.place = stop;
  }

  private blockComment(): void {
    const { text, flags } = this;
    const executable = flags.executable_comments ? /^\/\*M?!\d*/.exec(text.slice(this.place, this.place + 12)) : null;
    if (executable) {
      this.executable_depth++;
      this.place += executable[0].length;
      return;
    }
    const end = scan.commentEnd(text, this.place, flags.nested_comments);
    const stop = end < 0 ? text.length : end;
    if (text.charAt(this.place + 2) === '+') this.hints.push(text.slice(this.place + 3, end < 0 ? stop : stop - 2));
    if (end < 0) this.is_open = true;
    this.place = stop;
  }

  private wordOrOperator(character: string): void {
    if (this.flags.word_starts.includes(character)) this.word();
    else this.operator();
  }

  private operator(): void {
    const { text, flags } = this;
    const end = flags.free_operators ? scan.freeOperatorEnd(text, this.place) : scan.fixedOperatorEnd(text, this.place);
    const operator = text.slice(this.place, end);
    this.tokens.push(kind.operator, operator === '!=' || operator === '^=' ? '<>' : operator);
    this.place = end;
  }

  private number(): void {
    const { text, flags } = this;
    const end = scan.numberEnd(text, this.place);
    const next = text.charAt(end);
    // MySQL names may begin with a digit; Oracle's numbers may end in f or d.
    if (flags.backtick_identifiers && /[a-z_]/i.test(next) && /^\d+$/.test(text.slice(this.place, end))) this.word();
    else this.literalTo(end + (flags.colon_parameters && /[fd]/i.test(next) ? 1 : 0), kind.number, '1');
  }

  private word(): void {
    const { text, flags } = this;
    const start = this.place;
    const end = scan.wordEnd(text, start + (text.startsWith('@@', start) ? 2 : 1), flags.word_characters);
    const word = text.slice(start, end).toLowerCase();
    const next = text.charAt(end);
    if (next === "'" && flags.string_prefixes.has(word)) return this.prefixedString(word, end);
    if (next === '&' && word === 'u' && flags.string_prefixes.has('u&')) {
      if (text.charAt(end + 1) === "'") return this.string(end + 2, false);
      if (text.charAt(end + 1) === '"') {
        this.place = end + 1;
        return this.quoted('"');
      }
    }
    this.place = end;
    this.addWord(word);
  }

  private prefixedString(word: string, quote: number): void {
    if (word.endsWith('q')) return this.literalTo(scan.alternativeQuoteEnd(this.text, quote + 1), kind.string, "'x'");
    this.string(quote + 1, this.flags.backslash_escapes || word === 'e');
  }

  private addWord(word: string): void {
    const { tokens } = this;
    const before = tokens.wordBefore(1);
    if (word === 'null' || word === 'true' || word === 'false') {
      if (!this.keepsConstant(word, before)) return this.literal(kind.constant, 'null');
    } else if (this.isSecret(before)) return this.literal(kind.string, "'x'");
    else if (this.isExtractField(word)) return this.literal(kind.string, "'year'");
    tokens.push(kind.word, word);
  }

  /** `IS NULL`, `IS NOT TRUE`, `NOT NULL`, `DEFAULT NULL ON NULL` are structure; `= NULL` is a value. */
  private keepsConstant(word: string, before: string): boolean {
    const { tokens } = this;
    const last = tokens.length - 1;
    if (tokens.kinds[last] === kind.punctuation && tokens.texts[last] === '.') return true;
    if (before === 'is' || (before === 'not' && tokens.wordBefore(2) === 'is')) return true;
    return word === 'null' && (before === 'not' || before === 'on');
  }

  /** `IDENTIFIED BY tiger`: a password may be a bare or a quoted word. */
  private isSecret(before: string): boolean {
    const { tokens } = this;
    if (before !== 'by' && before !== 'values') return false;
    return (
      tokens.wordBefore(2) === 'identified' || (tokens.wordBefore(2) === 'by' && tokens.wordBefore(3) === 'identified')
    );
  }

  private isExtractField(word: string): boolean {
    if (!this.flags.extract_field_is_literal) return false;
    const { tokens } = this;
    const last = tokens.length - 1;
    return tokens.texts[last] === '(' && tokens.wordBefore(2) === 'extract' && extract_fields.test(word);
  }

  private string(from: number, backslash_escapes: boolean): void {
    const end = scan.quoteEnd(this.text, from, "'", backslash_escapes);
    this.literalTo(end, kind.string, standIn(this.text, from, end));
  }

  private literalTo(end: number, token: Kind, text: string): void {
    if (end < 0) this.is_open = true;
    this.place = end < 0 ? this.text.length : end;
    this.literal(token, text);
  }

  private literal(token: Kind, text: string): void {
    const { tokens, flags } = this;
    this.dropLiteralMarks(token);
    const last = tokens.length - 1;
    if (token === kind.string && flags.adjacent_strings_join && tokens.kinds[last] === kind.string) return;
    if (tokens.wordBefore(1) === 'uescape') tokens.truncate(last);
    else tokens.push(token, text);
  }

  /** Signs, character set introducers and `UESCAPE` belong to the literal. */
  private dropLiteralMarks(token: Kind): void {
    const { tokens } = this;
    let last = tokens.length - 1;
    const last_text = tokens.texts[last] ?? '';
    if (tokens.kinds[last] === kind.word && token !== kind.constant) {
      if (this.flags.executable_comments && charset_introducer.test(last_text)) tokens.truncate(last);
      return;
    }
    while (last >= 0 && isSign(tokens, last) && !tokens.endsOperand(last - 1)) {
      tokens.truncate(last);
      last--;
    }
  }

  private quoted(close: string): void {
    const { text, flags } = this;
    const end = scan.quoteEnd(text, this.place + 1, close, false);
    if (end < 0) this.is_open = true;
    const raw = text.slice(this.place + 1, end < 0 ? text.length : end - 1);
    this.place = end < 0 ? text.length : end;
    if (this.isSecret(this.tokens.wordBefore(1))) return this.literal(kind.string, "'x'");
    const name = fold(raw.replaceAll(close + close, close), flags);
    if (isBare(name, flags)) this.tokens.push(kind.word, name.toLowerCase());
    else this.tokens.push(kind.quoted, quote(name, flags.identifier_quotes));
  }
}

const isSign = (tokens: TokenList, place: number): boolean =>
  tokens.kinds[place] === kind.operator && (tokens.texts[place] === '-' || tokens.texts[place] === '+');

/** The literal's class is all that stays of it: whether a LIKE pattern could use an index shows in its first character. */
function standIn(text: string, from: number, end: number): string {
  const first = text.charAt(from);
  if (first === '%' || first === '_') return "'%x'";
  if (end < 0 || end - from > 512) return "'x'";
  const wildcard = text.indexOf('%', from);
  return wildcard >= 0 && wildcard < end ? "'x%'" : "'x'";
}

const fold = (name: string, flags: DialectFlags): string =>
  flags.quoted_equals_bare === 'any' ? name.toLowerCase() : name;

const bare_lower = /^[a-z_][a-z0-9_]*$/;
const bare_upper = /^[A-Z][A-Z0-9_$#]*$/;

function isBare(name: string, flags: DialectFlags): boolean {
  const pattern = flags.quoted_equals_bare === 'upper' ? bare_upper : bare_lower;
  return pattern.test(name) && !reserved_words.has(name.toLowerCase());
}

function quote(name: string, [open, close]: readonly [string, string]): string {
  return open + name.replaceAll(close, close + close) + close;
}
