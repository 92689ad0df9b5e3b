import { readdirSync, readFileSync } from 'node:fs';
import type { ViewName, ViewParams, ViewRow } from '@plumbline/contracts';
import { splitStatements } from './lexer.js';
import { StoreError } from './store-error.js';
import type { AskView, Store } from './store.js';
import { expand } from './template.js';

/** One named answer: a file of clickhouse/views, which is one parameterized `CREATE OR REPLACE VIEW`. */
export interface View {
  readonly name: string;
  /** The comment at the head of the file: the question it answers, its parameters, its units. */
  readonly summary: string;
  readonly sql: string;
  /** Parameter → ClickHouse type, read from the placeholders. */
  readonly params: ReadonlyMap<string, string>;
}

export function loadViews(folder = new URL('./views/', import.meta.url)): readonly View[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return files.map((file) => readView(file.slice(0, -'.sql'.length), readFileSync(new URL(file, folder), 'utf8')));
}

export function readView(name: string, text: string): View {
  const statements = splitStatements(text);
  const [sql] = statements;
  if (statements.length !== 1 || !sql?.startsWith(`CREATE OR REPLACE VIEW ${name} AS`)) {
    throw new Error(`views/${name}.sql must be one statement beginning "CREATE OR REPLACE VIEW ${name} AS"`);
  }
  const summary = text.slice(0, text.indexOf('CREATE')).replace(/^-- ?/gm, '').trim();
  if (summary === '') throw new Error(`views/${name}.sql must begin with a comment: the question, parameters, units`);
  return { name, summary, sql, params: placeholders(sql, name) };
}

function placeholders(sql: string, name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, param = '', type = ''] of sql.matchAll(/\{(\w+)\s*:\s*([^{}]+)\}/g)) {
    const earlier = found.get(param);
    if (earlier !== undefined && earlier !== type)
      throw new Error(`views/${name}.sql: ${param} is both ${earlier} and ${type}`);
    found.set(param, type);
  }
  return found;
}

/** Makes every view anew; after the migrations, at every start. */
export async function createViews(store: Store, views = loadViews()): Promise<void> {
  for (const view of usedFirst(views)) {
    try {
      await store.command(onCluster(view, store.cluster));
    } catch (cause) {
      throw new StoreError(`view ${view.name} could not be made: ${String(cause)}`, { cause });
    }
  }
}

const onCluster = ({ name, sql }: View, cluster: string | undefined): string =>
  sql.replace(
    `VIEW ${name} AS`,
    expand(`VIEW ${name}${cluster === undefined ? '' : ' {{onCluster}}'} AS`, { cluster }),
  );

/** A view without parameters is resolved when it is made, so the views it asks must be there before it. */
function usedFirst(views: readonly View[]): readonly View[] {
  const known = new Map(views.map((view) => [view.name, view]));
  const ordered = new Set<View>();
  const add = (view: View): void => {
    for (const [, name = ''] of view.sql.matchAll(/\bFROM (\w+)\(/g)) {
      const used = known.get(name);
      if (used && used !== view) add(used);
    }
    ordered.add(view);
  };
  views.forEach(add);
  return [...ordered];
}

/** A question put wrongly: `field` names the view or the parameter. */
export class ViewQuestionError extends StoreError {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
    this.name = 'ViewQuestionError';
  }
}

/** Throws `ViewQuestionError` for an unknown view and for a missing, unknown or ill-typed parameter. */
export function askView(store: Store, views: readonly View[] = loadViews()): AskView {
  const known = new Map(views.map((view) => [view.name, view]));
  return async <Name extends ViewName>(name: Name, params: ViewParams<Name>, signal?: AbortSignal) => {
    const view = known.get(name);
    if (!view) throw new ViewQuestionError('name', `there is no view "${name}"`);
    const given: Readonly<Record<string, unknown>> = { ...params };
    checkParams(view, given);
    return store.query<ViewRow<Name>>(callText(view), { params: given, ...(signal ? { signal } : {}) });
  };
}

/** `SELECT * FROM query_top(limit = {limit:UInt32}, …)`: what Grafana calls is what is called here. */
export function callText(view: View): string {
  const given = [...view.params].map(([name, type]) => `\`${name}\` = {${name}:${type}}`).join(', ');
  return `SELECT * FROM ${view.name}${view.params.size === 0 ? '' : `(${given})`}`;
}

function checkParams(view: View, given: Readonly<Record<string, unknown>>): void {
  for (const [name, type] of view.params) {
    if (given[name] === undefined)
      throw new ViewQuestionError(name, `view ${view.name} needs the parameter "${name}" (${type})`);
    const problem = mismatch(type, given[name]);
    if (problem) throw new ViewQuestionError(name, `view ${view.name}: "${name}" ${problem}`);
  }
  const unknown = Object.keys(given).find((name) => !view.params.has(name));
  if (unknown !== undefined) throw new ViewQuestionError(unknown, `view ${view.name} has no parameter "${unknown}"`);
}

const utc_text = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?$/;

function mismatch(type: string, value: unknown): string | undefined {
  if (type.startsWith('DateTime')) return isUtc(value) ? undefined : 'is not a UTC time like 2026-11-21 06:26:50.123';
  if (type === 'String') return typeof value === 'string' ? undefined : 'is not text';
  if (type === 'Float64') return Number.isFinite(numberOf(value)) ? undefined : 'is not a number';
  const bits = /^UInt(8|16|32)$/.exec(type)?.[1];
  if (bits === undefined)
    throw new Error(`views use parameters of DateTime64, UInt8–32, Float64 and String, not ${type}`);
  const most = 2 ** Number(bits) - 1;
  const number = numberOf(value);
  return Number.isInteger(number) && number >= 0 && number <= most
    ? undefined
    : `is not a whole number from 0 to ${most}`;
}

const isUtc = (value: unknown): boolean => typeof value === 'string' && utc_text.test(value);

/** A number, or the text of one as an address carries it. */
const numberOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
};
