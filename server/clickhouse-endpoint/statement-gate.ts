import { tokens } from '@plumbline/clickhouse';
import type { Token } from '@plumbline/clickhouse';

/**
 * What a reader's statement may be. The engine's read-only mode is not enough (measured on chdb 3.4.0): it still lets
 * `file('/any/path')` read, `INTO OUTFILE` write and system.processes show others' statements. The gate works on
 * tokens and refuses when in doubt; readonly=1 stands behind it.
 */
export class RefusedStatement extends Error {
  constructor(readonly reason: string) {
    super(`this endpoint is for reading only: ${reason}`);
    this.name = 'RefusedStatement';
  }
}

const first_words = new Set(['select', 'with', 'show', 'describe', 'desc', 'explain', 'exists']);
const show_kinds = new Set([
  'databases',
  'tables',
  'columns',
  'fields',
  'functions',
  'create',
  'settings',
  'full',
  'extended',
]);

/** Table functions that make rows out of nothing but their arguments; every other one is refused. */
export const harmless_table_functions: ReadonlySet<string> = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'generate_series',
  'generateseries',
  'values',
  'view',
  'null',
  'format',
]);

/** Names that read files, other servers or other databases, as table function or as scalar. */
const reaching =
  /^(file|files|url|s3|gcs|cosn|oss|minio|hdfs|azure|remote|cluster|mysql|postgresql|mongo|redis|sqlite|jdbc|odbc|oracle|executable|input|deltalake|arrowstream|iceberg|hudi|paimon|lance|ytsaurus|arrowflight|kafka|nats|rabbit|dict|merge$|mergetree|loop|fuzz|generaterandom|python|py_|catboost|naivebayes|evalml|ai|llm|embed|filesystem|show|getmacro|getserver|joinget|hascolumnintable|timeseries|viewexplain|viewifpermitted|prometheus|primes|system|eval|fromsql|ssh|http|bigquery|unity|glue|openlake)/;

const readable_system_tables = new Set([
  'one',
  'numbers',
  'zeros',
  'tables',
  'columns',
  'databases',
  'functions',
  'table_functions',
  'settings',
  'formats',
  'data_type_families',
  'time_zones',
  'build_options',
]);

/** Refuses by throwing; gives the one statement without its semicolon. */
export function gateStatement(sql: string): string {
  if (sql.includes('\0')) refuse('the text holds a NUL character');
  const all = tokens(sql);
  const words = withoutEnd(all.filter(({ kind }) => kind !== 'space' && kind !== 'comment'));
  checkCharacters(words);
  checkStart(words);
  words.forEach((token, at) => {
    checkWord(token);
    checkCall(token, words[at + 1]);
    checkQualifier(token, words[at + 1], words[at + 2]);
  });
  const last = words.at(-1);
  return last ? sql.slice(0, last.start + last.text.length) : '';
}

const refuse = (reason: string): never => {
  throw new RefusedStatement(reason);
};

/** One statement: a semicolon may only end it. */
function withoutEnd(words: readonly Token[]): readonly Token[] {
  const end = words.findIndex(({ text }) => text === ';');
  if (end === -1) return words;
  if (words.slice(end).some(({ text }) => text !== ';')) refuse('one statement at a time');
  return words.slice(0, end);
}

function checkCharacters(words: readonly Token[]): void {
  for (const { kind, text } of words) {
    if (kind === 'broken') refuse('a quote or comment is not closed');
    // The engine reads typographic quotes and minus signs as ASCII ones; the gate would read past them.
    // eslint-disable-next-line no-control-regex
    if (kind !== 'text' && kind !== 'quoted_name' && /[^\x00-\x7f]/.test(text))
      refuse(`"${text.slice(0, 20)}" must be quoted`);
    if (kind === 'quoted_name' && text.includes('\\')) refuse('a quoted name holds a backslash');
  }
}

function checkStart(words: readonly Token[]): void {
  const start = words.find(({ text }) => text !== '(');
  const first = start?.text.toLowerCase() ?? '';
  if (!first_words.has(first)) {
    refuse('a statement begins with SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or EXISTS');
  }
  if (first !== 'show') return;
  const kind = words[1]?.text.toLowerCase() ?? '';
  if (!show_kinds.has(kind)) refuse(`SHOW ${kind.toUpperCase()} is not for this endpoint`);
}

function checkWord(token: Token): void {
  if (token.kind !== 'word') return;
  const word = token.text.toLowerCase();
  if (word === 'outfile' || word === 'infile') refuse('no files are read or written');
  // {name:Identifier} would name a table or database that is not in the text.
  if (word === 'identifier') refuse('Identifier parameters are not for this endpoint');
}

function checkCall(token: Token, next: Token | undefined): void {
  if (next?.text !== '(' || !isName(token)) return;
  const name = nameOf(token);
  if (reaching.test(name) && !harmless_table_functions.has(name))
    refuse(`the function ${name} is not for this endpoint`);
}

function checkQualifier(token: Token, dot: Token | undefined, member: Token | undefined): void {
  if (dot?.text !== '.' || !isName(token)) return;
  const qualifier = nameOf(token);
  if (qualifier === 'default' || qualifier === '_temporary_and_external_tables' || qualifier === 'overlay') {
    refuse(`the database ${qualifier} is not for this endpoint`);
  }
  if (qualifier !== 'system') return;
  const table = member && isName(member) ? nameOf(member) : '';
  if (!readable_system_tables.has(table)) refuse(`the table system.${table} is not for this endpoint`);
}

const isName = (token: Token): boolean => token.kind === 'word' || token.kind === 'quoted_name';
const nameOf = (token: Token): string =>
  (token.kind === 'quoted_name' ? token.text.slice(1, -1) : token.text).toLowerCase();
