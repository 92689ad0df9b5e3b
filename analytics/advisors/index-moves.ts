import type { JudgedQuery } from '@plumbline/contracts';
import type { IndexCandidate } from './index-candidates.js';

/** One query under the index: planner cost before and after it, the indexes chosen earlier being there. */
export interface IndexEffect {
  readonly query: JudgedQuery;
  readonly initial_cost: number;
  readonly cost_before: number;
  readonly cost_after: number;
}

export interface ChosenIndex {
  readonly candidate: IndexCandidate;
  readonly effects: readonly IndexEffect[];
  readonly size_bytes: number | null;
  readonly write_seconds_per_day: number | null;
}

/** One more index, or a chosen one made longer. */
export interface Move extends ChosenIndex {
  readonly net_seconds_per_day: number;
  readonly replaces: ChosenIndex | undefined;
}

/** A page is the least an index takes. */
const least_bytes = 8192;

export const perByte = (move: Move): number =>
  move.net_seconds_per_day / Math.max((move.size_bytes ?? 0) - (move.replaces?.size_bytes ?? 0), least_bytes);

/** A restored index must still be worth half of the best other move: its loss may not be what hurts today. */
const restored_share_of_best = 0.5;

export function bestMove(moves: readonly Move[]): Move | undefined {
  const largest = Math.max(...moves.map((move) => move.net_seconds_per_day));
  const restored = moves
    .filter((move) => move.candidate.dropped && move.net_seconds_per_day >= largest * restored_share_of_best)
    .sort((one, other) => other.net_seconds_per_day - one.net_seconds_per_day)[0];
  return restored ?? [...moves].sort((one, other) => perByte(other) - perByte(one))[0];
}

export function isPrefix(short: IndexCandidate, long: IndexCandidate): boolean {
  return (
    short.table === long.table &&
    short.index.method === long.index.method &&
    short.index.columns.length < long.index.columns.length &&
    short.index.columns.every((column, place) => long.index.columns[place] === column)
  );
}

/** The chosen index with one more column of those that the workload uses on its table. */
export function extensions(
  chosen: IndexCandidate,
  candidates: readonly IndexCandidate[],
  max_columns: number,
): readonly IndexCandidate[] {
  const { columns } = chosen.index;
  if (columns.length >= max_columns || chosen.dropped) return [];
  const others = candidates.filter((one) => one.table === chosen.table).flatMap((one) => one.index.columns);
  return [...new Set(others)]
    .filter((column) => !columns.includes(column))
    .map((column) => ({ ...chosen, index: { ...chosen.index, columns: [...columns, column] } }));
}
