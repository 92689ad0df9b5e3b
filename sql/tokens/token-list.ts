import { words_before_operand } from './words.js';

/** What a token is. The literal kinds come last, so that "is a literal" is one comparison. */
export const kind = {
  word: 0,
  quoted: 1,
  operator: 2,
  punctuation: 3,
  number: 4,
  string: 5,
  parameter: 6,
  constant: 7,
} as const;
export type Kind = (typeof kind)[keyof typeof kind];

export const isLiteral = (token: Kind | undefined): boolean => token !== undefined && token >= kind.number;

/**
 * The tokens of one statement as two arrays of one length. `texts` never holds a literal of the source: a literal's text
 * is a stand-in of its class (`1`, `'x'`, `'%x'`, `null`), fit for a parser.
 */
export class TokenList {
  readonly kinds: Kind[] = [];
  readonly texts: string[] = [];

  get length(): number {
    return this.kinds.length;
  }

  push(token: Kind, text: string): void {
    this.kinds.push(token);
    this.texts.push(text);
  }

  truncate(length: number): void {
    // Nearly always one or two tokens go; setting `length` would reallocate both arrays.
    while (this.kinds.length > length) {
      this.kinds.pop();
      this.texts.pop();
    }
  }

  /** The word `back` places before the end, '' when there is none or it is no bare word. */
  wordBefore(back: number): string {
    const place = this.length - back;
    return this.kinds[place] === kind.word ? (this.texts[place] ?? '') : '';
  }

  /** True when the token at `place` can end an operand, so that what follows is an operator. */
  endsOperand(place: number): boolean {
    const token = this.kinds[place];
    if (token === undefined || token === kind.operator) return false;
    const text = this.texts[place] ?? '';
    if (token === kind.punctuation) return text === ')' || text === ']';
    return token !== kind.word || !words_before_operand.has(text);
  }
}
