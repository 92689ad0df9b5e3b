import { randomUUID } from 'node:crypto';
import type { FileStore, Store } from '@plumbline/clickhouse';
import type { Utc } from '@plumbline/contracts';

/** The columns of a feature file, all of the table's: what is carried elsewhere comes back as the same rows. */
export const feature_columns = [
  ...['entity_kind', 'instance_id', 'query_hash', 'feature_set_version', 'as_of', 'counts', 'reals', 'lists'],
  'computed_at',
] as const;

export interface FeaturesWanted {
  readonly version: number;
  /** '' for all, statements among them. */
  readonly instance_id: string;
  /** `from` inclusive, `to` exclusive, of `as_of`. */
  readonly from: Utc;
  readonly to: Utc;
}

const wanted_rows = `FROM features FINAL
  WHERE feature_set_version = {version:UInt16}
    AND ({instance_id:String} = '' OR instance_id = {instance_id:String})
    AND as_of >= {from:DateTime64(3, 'UTC')} AND as_of < {to:DateTime64(3, 'UTC')}`;

/** One version's features as one Parquet file, in the order of the table's key: the same rows give the same file. */
export async function exportFeatures(
  store: Store & FileStore,
  wanted: FeaturesWanted,
): Promise<{ readonly rows: number; readonly bytes: Uint8Array }> {
  const params = { ...wanted };
  const [counted] = await store.query<{ rows: number }>(`SELECT toUInt32(count()) AS rows ${wanted_rows}`, { params });
  const order = 'ORDER BY entity_kind, instance_id, query_hash, as_of';
  const sql = `SELECT ${feature_columns.join(', ')} ${wanted_rows} ${order}`;
  return { rows: counted?.rows ?? 0, bytes: await store.exportParquet(sql, { params }) };
}

/**
 * The same file again adds nothing: rows that are there already are replaced by the ones computed last. Not by a token of
 * the content, which would refuse a file that is brought back after its rows were lost.
 */
export const importFeatures = (store: Store & FileStore, path: string): Promise<void> =>
  store.importParquet('features', feature_columns, path, { token: `features:${randomUUID()}` });
