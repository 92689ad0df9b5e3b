import { localTime, place, shaped } from '../fields.js';
import type { Query } from '../source.js';

/** By instance number: its start as the server says it, which changes when it is restarted. */
export type Startups = Readonly<Record<string, string>>;

export async function readStartups(query: Query): Promise<Startups> {
  const { rows } = shaped(await query('instances.sql'), { inst_id: place, startup_time: localTime });
  return Object.fromEntries(rows.map(({ inst_id, startup_time }) => [String(inst_id), startup_time ?? '']));
}
