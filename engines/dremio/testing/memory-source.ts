import { editionOf } from '../edition.js';
import type { DremioOptions } from '../options.js';
import type { Source } from '../source.js';
import { historyTable, type RunOfStandIn } from './history-tables.js';
import { evaluate } from './sql.js';

/** The history of a stand-in without a network: what it shows is asked for at every statement. */
export interface MemoryHistory {
  now_ms(): number;
  /** The rows that the history shows at this moment. */
  shown(): readonly RunOfStandIn[];
  /** Called before each statement; may throw, as a connection that breaks does. */
  beforeStatement(): void;
}

/** A Software source over rows in memory, for tests of what is told when. */
export function memorySource(history: MemoryHistory, options: DremioOptions): Source {
  const where = { host: 'memory', port: 9047, user_name: 'monitor', is_cloud: false };
  const target = { ...where, instance_id: 'lake' as never, database_name: 'dremio', password: '', tls: 'off' as const };
  const query = (sql: string) => {
    history.beforeStatement();
    const now = () => new Date(history.now_ms()).toISOString().replace('T', ' ').replace('Z', '');
    const { schema, rows } = evaluate(sql, () => historyTable('recent_25', history.shown()), now);
    return { columns: schema.map(({ name, type }) => ({ name, type: type.name })), rows };
  };
  return {
    options,
    facts: {
      server_version: '25.2.0',
      database_name: 'dremio',
      user_name: 'monitor',
      where,
      tls: 'off',
      edition: editionOf(target, options),
    },
    query: async (sql) => query(sql),
    columns: async () => new Set(Object.keys(historyTable('recent_25', []).columns)),
    profile: async () => undefined,
    close: async () => undefined,
  };
}
