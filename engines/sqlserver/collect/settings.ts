import { collected, stateOf, windowOf } from '../../shared/reading.js';
import { tellSettings, type Setting, type SettingsState } from '../../shared/settings.js';
import { parsed, type Fields } from '../fields.js';
import type { Query } from '../source.js';
import { quoted, statement } from '../statement.js';
import { isGap, orGap, readDatabases } from './databases.js';
import { outcomeOf, unreadableGap, type Gap } from './outcome.js';
import type { CollectAspect, Reading } from './reading.js';

const shape = 'sqlserver.settings.1';

/** Of the server, and of each database that may be read. */
export const settings: CollectAspect = (reading, previous) =>
  reading.source.read('fast', async (query) => {
    const before = stateOf<SettingsState>(previous, shape);
    const { read, gaps } = await readSettings(query, reading);
    const window = windowOf(reading, before?.at);
    const { rows, state } = tellSettings(shape, { instance_id: reading.instance_id, window }, read, before, databaseOf);
    return collected(window, rows, state, read.length, outcomeOf(gaps));
  });

async function readSettings(query: Query, { source }: Reading): Promise<{ read: Setting[]; gaps: Gap[] }> {
  const server = parsed(await query(statement('settings-server.sql')), serverSetting);
  const options = parsed(await query(statement('settings-databases.sql')), databaseOptions);
  const databases = await readDatabases(query, source);
  const read: Setting[] = [...server.rows, ...options.rows.flat()];
  const gaps: Gap[] = [...databases.gaps, ...unreadableGap('the settings', server.unreadable + options.unreadable)];
  for (const database of databases.open) {
    const scoped = await orGap(source, database, async () =>
      parsed(await query(statement('settings-scoped.sql'), {}, database.name), (row) =>
        ofDatabase(database.name, row.text('name'), row.text('value'), 'database scoped configuration'),
      ),
    );
    if (isGap(scoped)) gaps.push(scoped);
    else read.push(...scoped.rows);
  }
  return { read, gaps };
}

/** `max server memory (MB)` carries its unit. What is configured is told; that it is not in use yet, as pending. */
function serverSetting(row: Fields): Setting {
  const name = row.text('name');
  const value = row.whole('value');
  const is_dynamic = row.flag('is_dynamic') === 1;
  return {
    ...{ name, value: value.toString(), source: 'configuration' },
    unit: /\((MB|KB|s|ms|min|B|%)\)$/.exec(name)?.[1] ?? '',
    change_needs: is_dynamic ? 'reload' : 'restart',
    pending_restart: !is_dynamic && value !== row.whole('value_in_use') ? 1 : 0,
  };
}

const option_columns = [
  'is_read_committed_snapshot_on',
  'is_auto_create_stats_on',
  'is_auto_update_stats_on',
  'is_auto_update_stats_async_on',
  'is_parameterization_forced',
  'is_auto_close_on',
  'is_auto_shrink_on',
] as const;

function databaseOptions(row: Fields): Setting[] {
  const database_name = row.text('database_name');
  const values: readonly (readonly [option: string, value: string])[] = [
    ['compatibility_level', String(row.number('compatibility_level') ?? '')],
    ['recovery_model', row.text('recovery_model_desc')],
    ['snapshot_isolation_state', row.text('snapshot_isolation_state_desc')],
    ...option_columns.map((column): [string, string] => [column, row.flag(column) === 1 ? 'ON' : 'OFF']),
  ];
  return values.map(([option, value]) => ofDatabase(database_name, option, value, 'database'));
}

/** `[shop].MAXDOP`: the database in brackets, so that render.ts finds it again whatever it is called. */
const ofDatabase = (database_name: string, option: string, value: string, source: string): Setting => ({
  ...{ name: `${quoted(database_name)}.${option}`, value, unit: '', source },
  ...{ change_needs: 'reload', pending_restart: 0 },
});

const databaseOf = (name: string): string => /^\[((?:[^\]]|\]\])*)\]\./.exec(name)?.[1]?.replaceAll(']]', ']') ?? '';
