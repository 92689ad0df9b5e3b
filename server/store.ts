import { askView, callText, checkDrift, createViews, loadViews, migrate, openStore } from '@plumbline/clickhouse';
import type { AskView, Store, View } from '@plumbline/clickhouse';
import type { Log } from '@plumbline/collector';
import { ProblemError } from '@plumbline/contracts';
import type { ViewAnswer } from '@plumbline/contracts';
import { errorText } from './logging.js';

type Params = Readonly<Record<string, string | number>>;
type Columns = ViewAnswer<unknown>['columns'];

/** A store with its tables and views as this version wants them. */
export interface PreparedStore {
  readonly store: Store;
  readonly ask: AskView;
  readonly views: ReadonlyMap<string, View>;
  /** Asks a view of `views` with parameters that were checked against it. */
  readonly askAny: (view: View, params: Params) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly columnsOf: (view: View, params: Params) => Promise<Columns>;
}

/** @throws ProblemError when the store cannot be opened; what is wrong inside it stays a StoreError. */
export async function openPreparedStore(uri: string, say: (line: string) => void, log: Log): Promise<PreparedStore> {
  const store = await open(uri);
  try {
    const { applied } = await migrate(store);
    if (applied.length > 0) say(`Store: ${applied.length} migration(s) applied`);
    const views = loadViews();
    await createViews(store, views);
    for (const drift of await checkDrift(store)) log('warn', 'A table is not as the migrations left it', { ...drift });
    say(`Store: ${placeOf(uri)}, ${views.length} views`);
    return prepared(store, views);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What the jobs ask for themselves is no contract with anybody, and may change with the next version. */
const isPublic = ({ name }: View): boolean => !name.startsWith('judge_');

function prepared(store: Store, views: readonly View[]): PreparedStore {
  const columns = new Map<string, Promise<Columns>>();
  return {
    store,
    ask: askView(store, views),
    views: new Map(views.filter(isPublic).map((view) => [view.name, view])),
    askAny: (view, params) => store.query(callText(view), { params }),
    columnsOf(view, params) {
      // A view's columns do not depend on its parameters, but it can only be described when called with some.
      let described = columns.get(view.name);
      if (described === undefined) {
        const rows = store.query<Columns[number]>(`DESCRIBE TABLE (${callText(view)})`, { params });
        described = rows.then((all) => all.map(({ name, type }) => ({ name, type })));
        described.catch(() => columns.delete(view.name));
        columns.set(view.name, described);
      }
      return described;
    },
  };
}

/** What `plumbline migrate` does. @returns the names of the migrations applied, or to be applied. */
export async function migrateStore(uri: string, dry_run: boolean): Promise<readonly string[]> {
  const store = await open(uri);
  try {
    const { applied } = await migrate(store, { dry_run });
    if (!dry_run) await createViews(store);
    return applied;
  } finally {
    await store.close();
  }
}

async function open(uri: string): Promise<Store> {
  try {
    return await openStore(uri);
  } catch (error) {
    const mend = uri.startsWith('chdb:')
      ? 'Only one process may open an embedded store: stop the other, or choose another data_directory.'
      : 'Check the address, the user and that the server runs.';
    const message = `cannot be opened (${placeOf(uri)}): ${errorText(error).split('\n')[0] ?? ''}`;
    throw new ProblemError([{ where: 'store', field: 'store.uri', message, mend }]);
  }
}

/** The address without a password. */
function placeOf(uri: string): string {
  if (uri.startsWith('chdb:')) return uri;
  const url = new URL(uri);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
