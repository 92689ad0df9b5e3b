import type { Lexing } from './lexing.js';
import * as scan from './scan.js';

const executable_opening = /\/\*M?!\d*/y;
const not_space = /\S/;

/** Reads `--`, a block comment or the end of an executable one at the place; false when none is there. */
export function readComment(lexing: Lexing): boolean {
  const { text, place, flags } = lexing;
  switch (text.slice(place, place + 2)) {
    case '--':
      if (flags.dash_comment_needs_space && not_space.test(text.charAt(place + 2))) return false;
      readLineComment(lexing);
      return true;
    case '/*':
      readBlockComment(lexing);
      return true;
    case '*/':
      if (lexing.executable_depth === 0) return false;
      lexing.executable_depth--;
      lexing.place += 2;
      return true;
    default:
      return false;
  }
}

export function readLineComment(lexing: Lexing): void {
  const { text, place, flags } = lexing;
  const end = text.indexOf('\n', place);
  const stop = end < 0 ? text.length : end;
  if (flags.line_hints && text.startsWith('--+', place)) lexing.hints.push(text.slice(place + 3, stop));
  lexing.place = stop;
}

function readBlockComment(lexing: Lexing): void {
  const { text, place, flags } = lexing;
  if (flags.executable_comments) {
    executable_opening.lastIndex = place;
    if (executable_opening.test(text)) {
      lexing.executable_depth++;
      lexing.place = executable_opening.lastIndex;
      return;
    }
  }
  const end = scan.commentEnd(text, place, flags.nested_comments);
  const stop = end < 0 ? text.length : end;
  if (text.charAt(place + 2) === '+') lexing.hints.push(text.slice(place + 3, end < 0 ? stop : stop - 2));
  lexing.moveTo(end);
}
