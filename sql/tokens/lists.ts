import { isLiteral, kind, type Kind, type TokenList } from './token-list.js';

/**
 * Merges lists whose length is data, not structure: `IN (?, ?, ?)` to `IN (?)`, equal row tuples to one, equal VALUES
 * rows to one. `f(1, 2)` keeps its arity, except where the server's own digest merges any run of literals.
 */
export function collapseLists(tokens: TokenList, merges_all_literal_lists: boolean): void {
  const collapse = new Collapse(tokens, merges_all_literal_lists);
  const { length } = tokens;
  for (let place = 0; place < length; place++) collapse.add(place);
  tokens.truncate(collapse.length);
}

interface Frame {
  /** Place among the written tokens, after the opening bracket. */
  readonly start: number;
  readonly is_list: boolean;
  element_start: number;
  first_element_end: number;
  /** Inside VALUES: the rows seen at this depth, and where the comma before the current row stands. */
  rows: Set<string> | null;
  row_start: number;
}

const list_words = new Set(['in', 'any', 'all', 'some', 'array']);
const query_words = new Set(['select', 'with', 'values', 'table']);

/** Writes the tokens over themselves: what has been written is never longer than what has been read. */
class Collapse {
  /** How many tokens have been written and kept. */
  length = 0;
  private readonly kinds: Kind[];
  private readonly texts: string[];
  private readonly frames: Frame[] = [newFrame(0, false)];

  constructor(
    tokens: TokenList,
    private readonly merges_all: boolean,
  ) {
    this.kinds = tokens.kinds;
    this.texts = tokens.texts;
  }

  add(place: number): void {
    const token = this.kinds[place] ?? kind.word;
    const text = this.texts[place] ?? '';
    if (token === kind.punctuation) return this.punctuation(text);
    if (this.merges_all && isLiteral(token) && this.endsInLiteralAndComma()) {
      this.length--;
      return;
    }
    const frame = this.frame();
    if (token === kind.word && text === 'values') frame.rows = new Set();
    else if (frame.rows && !this.followsComma()) frame.rows = null;
    this.write(token, text);
  }

  private write(token: Kind, text: string): void {
    this.kinds[this.length] = token;
    this.texts[this.length] = text;
    this.length++;
  }

  private punctuation(text: string): void {
    switch (text) {
      case '(':
      case '[':
        return this.open(text);
      case ')':
      case ']':
        return this.close(text);
      case ',':
        return this.comma();
      default:
        if (text === ';') this.frame().rows = null;
        this.write(kind.punctuation, text);
    }
  }

  private open(text: string): void {
    const parent = this.frame();
    const before = this.wordBefore();
    if (parent.rows && (before === 'values' || this.followsComma())) parent.row_start = this.length;
    else parent.rows = null;
    const nested_array = text === '[' && parent.is_list && this.texts[this.length - 1] !== ')';
    this.write(kind.punctuation, text);
    this.frames.push(newFrame(this.length, list_words.has(before) || nested_array));
  }

  private close(text: string): void {
    if (this.frames.length === 1) return this.write(kind.punctuation, text);
    const frame = this.frame();
    this.endElement(frame);
    this.frames.pop();
    this.write(kind.punctuation, text);
    this.endRow(this.frame());
    if (this.merges_all && text === ')') this.mergeLiteralRow(frame.start);
  }

  private comma(): void {
    this.endElement(this.frame());
    this.write(kind.punctuation, ',');
    const frame = this.frame();
    frame.element_start = this.length;
  }

  /** Drops the element that just ended when it reads like the first one. */
  private endElement(frame: Frame): void {
    if (!frame.is_list) return;
    if (frame.first_element_end < 0) {
      frame.first_element_end = this.length;
      return;
    }
    if (query_words.has(this.texts[frame.start] ?? '')) return;
    if (!this.equalsFirst(frame)) return;
    this.length = frame.element_start - 1;
    frame.element_start = frame.first_element_end;
  }

  private equalsFirst(frame: Frame): boolean {
    const { texts, kinds } = this;
    const length = frame.first_element_end - frame.start;
    if (this.length - frame.element_start !== length || frame.element_start === frame.start) return false;
    for (let step = 0; step < length; step++) {
      const first = frame.start + step;
      const other = frame.element_start + step;
      if (isLiteral(kinds[first]) && isLiteral(kinds[other])) continue;
      if (texts[first] !== texts[other]) return false;
    }
    return true;
  }

  private endRow(parent: Frame): void {
    const { rows, row_start } = parent;
    if (!rows || row_start < 0) return;
    const key = this.rowKey(row_start);
    if (rows.has(key) && this.texts[row_start - 1] === ',') this.length = row_start - 1;
    else rows.add(key);
    parent.row_start = -1;
  }

  /** `(?), (?)` to `(?)`, anywhere, as the MySQL digest does. */
  private mergeLiteralRow(start: number): void {
    const { kinds, texts, length } = this;
    if (length - start !== 2 || !isLiteral(kinds[start])) return;
    const [open, literal, close, comma] = [start - 5, start - 4, start - 3, start - 2];
    if (texts[comma] !== ',' || texts[close] !== ')' || texts[open] !== '(' || !isLiteral(kinds[literal])) return;
    this.length = comma;
  }

  private wordBefore(): string {
    const last = this.length - 1;
    return this.kinds[last] === kind.word ? (this.texts[last] ?? '') : '';
  }

  private endsInLiteralAndComma(): boolean {
    const { kinds, texts, length } = this;
    return kinds[length - 1] === kind.punctuation && texts[length - 1] === ',' && isLiteral(kinds[length - 2]);
  }

  private followsComma(): boolean {
    const { kinds, texts, length } = this;
    return kinds[length - 1] === kind.punctuation && texts[length - 1] === ',';
  }

  private rowKey(from: number): string {
    const { kinds, texts, length } = this;
    let key = '';
    for (let place = from; place < length; place++) key += `${isLiteral(kinds[place]) ? '?' : texts[place]} `;
    return key;
  }

  private frame(): Frame {
    // The first frame is never popped.
    return this.frames[this.frames.length - 1] ?? newFrame(0, false);
  }
}

const newFrame = (start: number, is_list: boolean): Frame => ({
  start,
  is_list,
  element_start: start,
  first_element_end: -1,
  rows: null,
  row_start: -1,
});
