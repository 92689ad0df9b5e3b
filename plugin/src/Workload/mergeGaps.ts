import type { ViewRow } from '@plumbline/contracts';

export type Gap = Omit<ViewRow<'collection_gaps'>, 'instance_id'>;

/** Gaps of one kind that touch are one: a server that evicts all day long is told once, not once a minute. In order. */
export function mergeGaps(gaps: readonly Gap[]): readonly Gap[] {
  const open = new Map<string, Gap>();
  const merged: Gap[] = [];
  for (const gap of [...gaps].sort((left, right) => left.began_at.localeCompare(right.began_at))) {
    const key = `${gap.gap_kind} ${gap.object_name}`;
    const before = open.get(key);
    if (before !== undefined && gap.began_at <= before.ended_at) {
      const ended_at = gap.ended_at > before.ended_at ? gap.ended_at : before.ended_at;
      open.set(key, { ...before, ended_at });
    } else {
      if (before !== undefined) merged.push(before);
      open.set(key, gap);
    }
  }
  return [...merged, ...open.values()].sort((left, right) => left.began_at.localeCompare(right.began_at));
}
