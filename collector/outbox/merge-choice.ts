import type { PendingEntry } from './ledger.js';

const most_merged_at_once = 32;
/** Merging never makes more bytes than it takes in, except for the longer id and a flag per row. */
const margin = 1.25;

/** The oldest batches of the (instance, aspect, term) that takes most room, as many as can be written in `room_bytes`. */
export function largestGroup(entries: readonly PendingEntry[], room_bytes: number): readonly PendingEntry[] {
  const groups = new Map<string, PendingEntry[]>();
  for (const entry of entries) {
    const key = `${entry.instance_id}\n${entry.aspect}\n${entry.term}`;
    if (!entry.is_claimed) groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  let best: readonly PendingEntry[] = [];
  for (const group of groups.values()) {
    const fitting = oldestWithin(group, room_bytes);
    if (fitting.length > 1 && bytesOf(fitting) > bytesOf(best)) best = fitting;
  }
  return best;
}

const bytesOf = (entries: readonly PendingEntry[]): number =>
  entries.reduce((sum, { size_bytes }) => sum + size_bytes, 0);

function oldestWithin(group: readonly PendingEntry[], room_bytes: number): readonly PendingEntry[] {
  const chosen: PendingEntry[] = [];
  let bytes = 0;
  for (const entry of group) {
    bytes += entry.size_bytes * margin;
    if (bytes > room_bytes || chosen.length === most_merged_at_once) break;
    chosen.push(entry);
  }
  return chosen;
}
