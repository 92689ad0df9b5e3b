import type { Lexing } from './lexing.js';
import { readLiteral } from './literals.js';
import { readWord } from './names.js';
import * as scan from './scan.js';
import { kind } from './token-list.js';

const name_part = /[a-z_]/i;
const only_digits = /^\d+$/;
const float_suffix = /[fd]/i;

export function readNumber(lexing: Lexing): void {
  const { text, flags, place } = lexing;
  const end = scan.numberEnd(text, place);
  const next = text.charAt(end);
  // MySQL names may begin with a digit; Oracle's numbers may end in f or d.
  if (flags.backtick_identifiers && name_part.test(next) && only_digits.test(text.slice(place, end))) readWord(lexing);
  else readLiteral(lexing, end + (flags.colon_parameters && float_suffix.test(next) ? 1 : 0), kind.number, '1');
}
