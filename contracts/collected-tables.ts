import type { AspectStatusRow } from './aspects.js';
import type { InstanceRow, PlanRow, QueryRow } from './dimension-rows.js';
import type {
  InstanceEventRow,
  InstanceMetricRow,
  QuarantinedRow,
  QueryDeltaRow,
  QueryRunRow,
  WaitDeltaRow,
} from './rows.js';
import type {
  ColumnSnapshotRow,
  IndexHintRow,
  IndexSnapshotRow,
  ReflectionSnapshotRow,
  SettingSnapshotRow,
  TableFileSnapshotRow,
  TableSnapshotRow,
} from './snapshot-rows.js';

/** Every table the collector writes, with its row. A batch names tables by these keys only. */
export interface CollectedTables {
  readonly query_deltas: QueryDeltaRow;
  readonly query_runs: QueryRunRow;
  readonly wait_deltas: WaitDeltaRow;
  readonly instance_metrics: InstanceMetricRow;
  readonly setting_snapshots: SettingSnapshotRow;
  readonly table_snapshots: TableSnapshotRow;
  readonly index_snapshots: IndexSnapshotRow;
  readonly index_hint_snapshots: IndexHintRow;
  readonly column_snapshots: ColumnSnapshotRow;
  readonly reflection_snapshots: ReflectionSnapshotRow;
  readonly table_file_snapshots: TableFileSnapshotRow;
  readonly instance_events: InstanceEventRow;
  readonly instances: InstanceRow;
  readonly queries: QueryRow;
  readonly plans: PlanRow;
  readonly quarantined_rows: QuarantinedRow;
  readonly aspect_status: AspectStatusRow & { readonly batch_id: string };
}
export type CollectedTable = keyof CollectedTables;
/** Rows without the batch's own id: the outbox stamps it. */
export type CollectedRows = {
  readonly [Table in CollectedTable]?: readonly Omit<CollectedTables[Table], 'batch_id'>[];
};
