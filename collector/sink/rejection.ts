import { StoreError } from '@plumbline/clickhouse';

/**
 * ClickHouse's codes for "these rows cannot be read": sending them again cannot help. Parsing (6, 25, 26, 27, 33, 38, 41,
 * 72, 117, 130, 376, 467, 675), types and ranges (53, 69, 70, 190, 321, 349, 691), unknown columns (16, 47), constraint (469).
 */
const content_codes = new Set([
  6, 16, 25, 26, 27, 33, 38, 41, 47, 53, 69, 70, 72, 117, 130, 190, 321, 349, 376, 467, 469, 675, 691,
]);
/** Memory, timeouts, network, disk, too many parts, read-only, Keeper, a table not migrated yet: waiting helps. */
const passing_codes = new Set([
  60, 81, 159, 164, 201, 202, 209, 210, 236, 241, 242, 243, 252, 285, 319, 394, 425, 473, 516, 999,
]);
/** So often an unlisted error of a store that otherwise answers is tried before its rows are put aside. */
export const attempts_before_giving_way = 8;

export type Verdict = 'content' | 'passing' | 'unclear';

export function judge(error: unknown): Verdict {
  const code = error instanceof StoreError ? error.code : 0;
  if (content_codes.has(code)) return 'content';
  return code === 0 || passing_codes.has(code) ? 'passing' : 'unclear';
}
