import { type IndexSnapshotRow, type ReplicaUse, type ViewRow } from '@plumbline/contracts';
import type { JobContext } from '../job.js';

type Instance = Pick<ViewRow<'instances_latest'>, 'instance_id' | 'engine' | 'cluster_name'>;

/** The others of its cluster that are not switched off. One whose indexes were never read was watched for 0 s. */
export async function replicaUse({ ask }: JobContext, of: Instance): Promise<readonly ReplicaUse[]> {
  if (of.cluster_name === '') return [];
  const others = (await ask('instances_latest', { instance_id: '' })).filter(
    (other) =>
      other.cluster_name === of.cluster_name &&
      other.engine === of.engine &&
      other.instance_id !== of.instance_id &&
      other.is_enabled === 1,
  );
  return Promise.all(
    others.map(async ({ instance_id }) => {
      const indexes = await ask('indexes_latest', { instance_id });
      return {
        instance_id,
        index_scans: scansByName(indexes),
        observed_s: Math.max(0, ...indexes.map((index) => index.observed_s)),
      };
    }),
  );
}

/** Databases of one instance may hold indexes of one name: their scans are added, so that none looks unused. */
export function scansByName(
  indexes: readonly {
    readonly schema_name: string;
    readonly index_name: string;
    readonly scans: IndexSnapshotRow['scans'] | number;
  }[],
): ReadonlyMap<string, number> {
  const scans = new Map<string, number>();
  for (const index of indexes) {
    const name = `${index.schema_name}.${index.index_name}`;
    scans.set(name, (scans.get(name) ?? 0) + Number(index.scans));
  }
  return scans;
}
