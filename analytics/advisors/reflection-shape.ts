import type { ColumnSnapshotRow, JudgedReflection, MeasuredColumn, ReflectionShape } from '@plumbline/contracts';
import { isSameName } from './dataset-path.js';

const numeric = /int|decimal|numeric|float|double|real/i;

/** What an engine keeps of a measure by default: counts of anything, sums only of numbers. */
export function measureOf(column: string, columns: readonly ColumnSnapshotRow[]): MeasuredColumn {
  const type = columns.find((one) => isSameName(one.column_name, column))?.data_type ?? '';
  return { column, functions: numeric.test(type) ? ['count', 'sum'] : ['count'] };
}

/** The shape of a reflection that is there; which functions its measures have is reckoned by their types. */
export const shapeOf = (reflection: JudgedReflection, columns: readonly ColumnSnapshotRow[]): ReflectionShape => ({
  reflection_name: reflection.reflection_name,
  kind: reflection.kind === 'aggregation' ? 'aggregation' : 'raw',
  display_columns: reflection.display_columns,
  dimension_columns: reflection.dimension_columns,
  measures: reflection.measure_columns.map((column) => measureOf(column, columns)),
  partition_columns: reflection.partition_columns,
  sort_columns: reflection.sort_columns,
});
