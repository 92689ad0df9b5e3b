import type { Utc, ViewRow } from '@plumbline/contracts';
import { compactableFiles, min_compactable_files } from '../advisors/compaction.js';
import { datasetPath, holdsColumns, isSameDataset } from '../advisors/dataset-path.js';
import { isOn, type AppliedByHand, type Of, type PresentFacts } from './present-facts.js';

/**
 * A reflection of the same dataset and kind that holds the wanted columns, under whatever name. It counts from the first
 * run that it answered: before that it saved nothing, however long ago it was made.
 */
export function reflectionMade(
  { dataset_path, reflection }: Of<'create_reflection'>,
  since: Utc,
  { reflections }: PresentFacts,
): AppliedByHand | undefined {
  const made = reflections.find(
    (one) =>
      one.kind === reflection.kind &&
      isSameDataset(datasetPath(one.dataset_name), dataset_path) &&
      holdsColumns(one.display_columns, reflection.display_columns) &&
      holdsColumns(one.dimension_columns, reflection.dimension_columns) &&
      holdsColumns(
        one.measure_columns,
        reflection.measures.map(({ column }) => column),
      ),
  );
  if (!made || made.can_accelerate === 0 || (made.chosen === 0 && made.used_runs === 0)) return undefined;
  const began_at = made.first_used_at ?? made.observed_at;
  return {
    occurred_at: began_at > since ? began_at : since,
    note: `Reflection ${made.reflection_name} on ${made.dataset_name} was made, and queries are answered from it.`,
  };
}

/** Gone from a list that was read later than the advice was written. */
export function reflectionGone(
  { dataset_path, reflection_id, reflection }: Of<'drop_reflection'>,
  since: Utc,
  { reflections, reflections_listed_at }: PresentFacts,
): AppliedByHand | undefined {
  if (reflections_listed_at === undefined || reflections_listed_at <= since) return undefined;
  if (reflections.some((one) => one.reflection_id === reflection_id)) return undefined;
  return {
    occurred_at: reflections_listed_at,
    note: `Reflection ${reflection.reflection_name} on ${dataset_path.join('.')} was dropped.`,
  };
}

/** Counted anew since the advice, and what is left is no more than compaction leaves. */
export function tableCompacted(
  action: Of<'compact_table'>,
  since: Utc,
  { table_files }: PresentFacts,
): AppliedByHand | undefined {
  const counted = table_files.find((files) => isOn(files, action));
  if (!counted || counted.observed_at <= since || !isCompacted(counted)) return undefined;
  return {
    occurred_at: counted.observed_at,
    note: `${action.schema_name}.${action.table_name} was compacted: ${counted.files} files, ${counted.small_files} of them small.`,
  };
}

const isCompacted = (files: ViewRow<'table_files_latest'>): boolean => compactableFiles(files) < min_compactable_files;
