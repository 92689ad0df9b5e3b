import { isLiteral, kind, TokenList } from './token-list.js';

/**
 * Merges lists whose length is data, not structure: `IN (?, ?, ?)` to `IN (?)`, equal row tuples to one, equal VALUES
 * rows to one. `f(1, 2)` keeps its arity, except where the server's own digest merges any run of literals.
 */
export function collapseLists(tokens: TokenList, merges_all_literal_lists: boolean): TokenList {
  const collapse = new Collapse(merges_all_literal_lists);
  for (let place = 0; place < tokens.length; place++) collapse.add(tokens, place);
  return collapse.out;
}

interface Frame {
  /** Place in `out` after the opening bracket. */
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

class Collapse {
  readonly out = new TokenList();
  private readonly frames: Frame[] = [newFrame(0, false)];

  constructor(private readonly merges_all: boolean) {}

  add(tokens: TokenList, place: number): void {
    const token = tokens.kinds[place] ?? kind.word;
    const text = tokens.texts[place] ?? '';
    if (token === kind.punctuation) return this.punctuation(text);
    if (this.merges_all && isLiteral(token) && this.endsInLiteralAndComma()) {
      this.out.truncate(this.out.length - 1);
      return;
    }
    const frame = this.frame();
    if (token === kind.word && text === 'values') frame.rows = new Set();
    else if (frame.rows && !this.followsComma()) frame.rows = null;
    this.out.push(token, text);
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
        this.out.push(kind.punctuation, text);
    }
  }

  private open(text: string): void {
    const { out } = this;
    const parent = this.frame();
    const before = out.wordBefore(1);
    if (parent.rows && (before === 'values' || this.followsComma())) parent.row_start = out.length;
    else parent.rows = null;
    const nested_array = text === '[' && parent.is_list && out.texts[out.length - 1] !== ')';
    out.push(kind.punctuation, text);
    this.frames.push(newFrame(out.length, list_words.has(before) || nested_array));
  }

  private close(text: string): void {
    const { out } = this;
    if (this.frames.length === 1) return out.push(kind.punctuation, text);
    const frame = this.frame();
    this.endElement(frame);
    this.frames.pop();
    out.push(kind.punctuation, text);
    this.endRow(this.frame());
    if (this.merges_all && text === ')') this.mergeLiteralRow(frame.start);
  }

  private comma(): void {
    this.endElement(this.frame());
    this.out.push(kind.punctuation, ',');
    const frame = this.frame();
    frame.element_start = this.out.length;
  }

  /** Drops the element that just ended when it reads like the first one. */
  private endElement(frame: Frame): void {
    if (!frame.is_list) return;
    const { out } = this;
    if (frame.first_element_end < 0) {
      frame.first_element_end = out.length;
      return;
    }
    if (query_words.has(out.texts[frame.start] ?? '')) return;
    if (!this.equalsFirst(frame)) return;
    out.truncate(frame.element_start - 1);
    frame.element_start = frame.first_element_end;
  }

  private equalsFirst(frame: Frame): boolean {
    const { texts, kinds } = this.out;
    const length = frame.first_element_end - frame.start;
    if (this.out.length - frame.element_start !== length || frame.element_start === frame.start) return false;
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
    const { out } = this;
    const key = rowKey(out, row_start);
    if (rows.has(key) && out.texts[row_start - 1] === ',') out.truncate(row_start - 1);
    else rows.add(key);
    parent.row_start = -1;
  }

  /** `(?), (?)` to `(?)`, anywhere, as the MySQL digest does. */
  private mergeLiteralRow(start: number): void {
    const { kinds, texts, length } = this.out;
    if (length - start !== 2 || !isLiteral(kinds[start])) return;
    const [open, literal, close, comma] = [start - 5, start - 4, start - 3, start - 2];
    if (texts[comma] !== ',' || texts[close] !== ')' || texts[open] !== '(' || !isLiteral(kinds[literal])) return;
    this.out.truncate(comma);
  }

  private endsInLiteralAndComma(): boolean {
    const { kinds, texts, length } = this.out;
    return kinds[length - 1] === kind.punctuation && texts[length - 1] === ',' && isLiteral(kinds[length - 2]);
  }

  private followsComma(): boolean {
    const { kinds, texts, length } = this.out;
    return kinds[length - 1] === kind.punctuation && texts[length - 1] === ',';
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

function rowKey(out: TokenList, from: number): string {
  let key = '';
  for (let place = from; place < out.length; place++) key += `${isLiteral(out.kinds[place]) ? '?' : out.texts[place]} `;
  return key;
}
