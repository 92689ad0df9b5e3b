/** OPTIMIZE TABLE leaves a partition with fewer small files than this as it is (Dremio: MIN_INPUT_FILES). */
const least_input_files = 5;

/** Files that compaction would take at most: of each partition's small files, it may leave four. */
export const compactableFiles = (files: { readonly small_files: number; readonly partitions: number }): number =>
  Math.max(0, files.small_files - files.partitions * (least_input_files - 1));

/** A table with fewer is not worth a rewrite: it is neither told, nor awaited any longer once it was. */
export const min_compactable_files = 100;
