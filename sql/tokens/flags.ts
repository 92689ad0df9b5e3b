import type { Dialect } from '@plumbline/contracts';
import { wordParts, type WordParts } from './scan.js';

/** How the text of one dialect differs from that of the others. One lexer reads them all by these flags. */
export interface DialectFlags {
  /** Words that glue to a following `'`: `E'..'`, `N'..'`, `q'[..]'`. Lower case. */
  readonly string_prefixes: ReadonlySet<string>;
  /** A backslash escapes in every string, not only in `E'..'`. */
  readonly backslash_escapes: boolean;
  readonly double_quote: 'identifier' | 'string';
  readonly backtick_identifiers: boolean;
  readonly bracket_identifiers: boolean;
  readonly identifier_quotes: readonly [open: string, close: string];
  /** Which quoted identifiers mean the same as the bare word: those in lower case, in upper case, or in any case. */
  readonly quoted_equals_bare: 'lower' | 'upper' | 'any';
  readonly hash_comments: boolean;
  /** `--` opens a comment only before white space, so that `1--1` is a subtraction. */
  readonly dash_comment_needs_space: boolean;
  readonly nested_comments: boolean;
  /** The inside of `/*! .. *\/` is SQL. */
  readonly executable_comments: boolean;
  /** `--+` opens a hint, not only a comment. */
  readonly line_hints: boolean;
  readonly dollar_quotes: boolean;
  /** Operators are made of any run of operator characters, so `@?` and `-|-` are one token. */
  readonly free_operators: boolean;
  readonly colon_parameters: boolean;
  readonly at_parameters: boolean;
  /** Strings side by side are one literal. */
  readonly adjacent_strings_join: boolean;
  /** `EXTRACT(year FROM x)`: the statement view writes the field as a parameter. */
  readonly extract_field_is_literal: boolean;
  /** The server's digest merges every run of literals, so the raw text must be merged the same way. */
  readonly merges_all_literal_lists: boolean;
  readonly word_parts: WordParts;
  /** Signs that may begin a word. */
  readonly word_starts: string;
}

const plain = {
  string_prefixes: new Set<string>(['n']),
  backslash_escapes: false,
  double_quote: 'identifier',
  backtick_identifiers: false,
  bracket_identifiers: false,
  identifier_quotes: ['"', '"'],
  quoted_equals_bare: 'any',
  hash_comments: false,
  dash_comment_needs_space: false,
  nested_comments: false,
  executable_comments: false,
  line_hints: false,
  dollar_quotes: false,
  free_operators: false,
  colon_parameters: false,
  at_parameters: false,
  adjacent_strings_join: false,
  extract_field_is_literal: false,
  merges_all_literal_lists: false,
  word_parts: wordParts('$'),
  word_starts: '',
} as const satisfies DialectFlags;

export const dialect_flags: Readonly<Record<Dialect, DialectFlags>> = {
  postgresql: {
    ...plain,
    string_prefixes: new Set(['e', 'b', 'x', 'n', 'u&']),
    quoted_equals_bare: 'lower',
    nested_comments: true,
    dollar_quotes: true,
    free_operators: true,
    adjacent_strings_join: true,
    extract_field_is_literal: true,
  },
  mysql: {
    ...plain,
    string_prefixes: new Set(['b', 'x', 'n']),
    backslash_escapes: true,
    double_quote: 'string',
    backtick_identifiers: true,
    identifier_quotes: ['`', '`'],
    hash_comments: true,
    dash_comment_needs_space: true,
    executable_comments: true,
    adjacent_strings_join: true,
    merges_all_literal_lists: true,
    word_starts: '@$',
  },
  oracle: {
    ...plain,
    string_prefixes: new Set(['n', 'q', 'nq']),
    quoted_equals_bare: 'upper',
    colon_parameters: true,
    line_hints: true,
    word_parts: wordParts('$#'),
  },
  sqlserver: {
    ...plain,
    bracket_identifiers: true,
    identifier_quotes: ['[', ']'],
    nested_comments: true,
    at_parameters: true,
    word_parts: wordParts('$#@'),
    word_starts: '#@',
  },
  dremio: { ...plain, string_prefixes: new Set(['n', 'x', 'u&']) },
};
