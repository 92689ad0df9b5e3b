import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { decimal, fromLocal, key, localTime, shaped, text } from './fields.js';
import type { Dictionary, Query, ServerFacts } from './source.js';

const facts_shape = {
  version: key,
  user_name: key,
  container_name: text,
  database_name: key,
  dbid: key,
  con_dbid: key,
  cdb: text,
  con_id: text,
  parallel: text,
  startup_time: localTime,
  offset_s: decimal,
};

const containers_shape = { dbid: key, con_id: key, name: key };

/** Throws SourceError when the server does not say what it is. */
export async function readFacts(query: Query, dictionary: Dictionary, target: ConnectionTarget): Promise<ServerFacts> {
  const [row] = shaped(await query('facts.sql'), facts_shape).rows;
  if (row === undefined) throw new SourceError('broken', 'the server does not tell its version', 'See the alert log');
  const settings = shaped(await query('facts-parameters.sql'), { name: key, value: text }).rows;
  const setting = (name: string): string => settings.find((one) => one.name === name)?.value ?? '';
  const containers = dictionary.canRead('V$CONTAINERS')
    ? shaped(await query('containers.sql'), containers_shape).rows
    : [];
  const is_container = row.cdb === 'YES';
  const database_name = is_container && row.container_name !== '' ? row.container_name : row.database_name;
  const offset_s = row.offset_s ?? 0;
  return {
    server_version: row.version,
    user_name: row.user_name === '' ? target.user_name : row.user_name,
    database_name,
    dbid: row.dbid,
    con_dbid: row.con_dbid,
    is_container,
    is_pluggable: is_container && row.con_id !== '' && Number(row.con_id) > 1,
    is_cluster: row.parallel === 'YES',
    block_bytes: Number(setting('db_block_size')) || 8_192,
    pack_access: setting('control_management_pack_access') || 'NONE',
    started_at: row.startup_time === null ? new Date(0) : fromLocal(row.startup_time, offset_s),
    offset_s,
    containers: new Map([
      ...containers.map(({ dbid, name }): [string, string] => [dbid, name]),
      [row.con_dbid, database_name],
    ]),
    containers_by_id: new Map(containers.map(({ con_id, name }) => [con_id, name])),
  };
}
