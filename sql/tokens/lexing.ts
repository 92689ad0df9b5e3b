import type { DialectFlags } from './flags.js';
import { TokenList } from './token-list.js';

/** One statement while it is cut into tokens: what is read, how far, and what has come out. */
export class Lexing {
  readonly tokens = new TokenList();
  readonly hints: string[] = [];
  is_open = false;
  /** The place in the text that is read next. */
  place = 0;
  /** How many comments whose inside is SQL are open. */
  executable_depth = 0;

  constructor(
    readonly text: string,
    readonly flags: DialectFlags,
  ) {}

  /** Moves to `end`; -1, where something never closes, is the end of a text that was cut off. */
  moveTo(end: number): void {
    if (end < 0) this.is_open = true;
    this.place = end < 0 ? this.text.length : end;
  }
}
