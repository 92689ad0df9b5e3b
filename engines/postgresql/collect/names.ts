import { statement, type Query } from '../source.js';

export interface Names {
  database(oid: string): string;
  role(oid: string): string;
}

/** A dropped database or role keeps its number: its statements are still counted. */
export async function readNames(query: Query): Promise<Names> {
  const rows = await query<{ kind: string; oid: string; name: string }>(statement('names.sql'));
  const names = new Map(rows.map((row) => [`${row.kind}.${row.oid}`, row.name]));
  return {
    database: (oid) => names.get(`database.${oid}`) ?? `oid:${oid}`,
    role: (oid) => names.get(`role.${oid}`) ?? `oid:${oid}`,
  };
}
