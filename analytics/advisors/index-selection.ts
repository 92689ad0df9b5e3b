import type { JudgedQuery } from '@plumbline/contracts';
import { PlannerBudgetReached } from './budgeted-what-if.js';
import { secondsPerDay, timeRatio, what_if_prior, type Prior } from './estimate.js';
import { distinct, indexKeyText, type IndexCandidate } from './index-candidates.js';
import { queryKey, type IndexCosts } from './index-costs.js';
import {
  bestMove,
  extensions,
  isPrefix,
  perByte,
  type ChosenIndex,
  type IndexEffect,
  type Move,
} from './index-moves.js';
import { observedSeconds } from './observed-span.js';
import { writeSecondsPerDay } from './write-cost.js';

export interface SelectionLimits {
  readonly min_saved_seconds_per_day: number;
  /** Stop when the next index improves the whole workload by less than this ratio. */
  readonly min_improvement_ratio: number;
  readonly max_columns: number;
  /** All chosen indexes together may take this many bytes; absent: no bound. An index of unknown size does not fit one. */
  readonly budget_bytes?: number;
  /** What a ratio of planner costs says of time; absent: as measured. No shift searches by planner cost itself. */
  readonly prior?: Prior;
  /** Also moves that were worth less when they were last tried: what not to try them costs is measured by it. */
  readonly tries_all_moves?: boolean;
}

export interface Selection {
  readonly chosen: readonly ChosenIndex[];
  /** The bound on planner calls ended the search: better indexes may exist. */
  readonly is_cut_short: boolean;
  /** Queries that the planner gave a cost for. */
  readonly planned: readonly JudgedQuery[];
}

/**
 * Extend (Schlosser, Kossmann, Boissier 2019), with write cost: grow the set by the move with the best net seconds per
 * byte, a move being one more index or one chosen index made longer, until nothing pays. A dropped index that proves
 * itself is put back first: undoing a known cause is the smallest change.
 */
export async function selectIndexes(
  queries: readonly JudgedQuery[],
  candidates: readonly IndexCandidate[],
  costs: IndexCosts,
  limits: SelectionLimits,
): Promise<Selection> {
  const search = new Search(queries, costs, limits);
  let is_cut_short = false;
  try {
    await search.planWithoutIndexes();
    while (await search.step(candidates));
    await search.dropUnused();
  } catch (error) {
    if (!(error instanceof PlannerBudgetReached)) throw error;
    is_cut_short = true;
  }
  return { chosen: search.chosen, is_cut_short, planned: search.planned };
}

class Search {
  chosen: readonly ChosenIndex[] = [];
  private readonly initial_costs = new Map<string, number>();
  private readonly current_costs = new Map<string, number>();
  /** Per move what it was worth when it was last tried, net seconds per byte. */
  private readonly last_worth = new Map<string, number>();

  constructor(
    private readonly queries: readonly JudgedQuery[],
    private readonly costs: IndexCosts,
    private readonly limits: SelectionLimits,
  ) {}

  get planned(): readonly JudgedQuery[] {
    return this.queries.filter((query) => this.initial_costs.has(queryKey(query)));
  }

  async planWithoutIndexes(): Promise<void> {
    for (const query of this.queries) {
      const planned = await this.costs.cost(query, []);
      if (!planned || !(planned.total_cost > 0)) continue;
      this.initial_costs.set(queryKey(query), planned.total_cost);
      this.current_costs.set(queryKey(query), planned.total_cost);
    }
  }

  /**
   * Takes the best move; false when none pays. What was best before the planner budget ran out is still taken. The more
   * indexes there are, the less one more is worth: a move whose last worth is below the best of this step is not tried
   * again. That none pays is only said after all were tried.
   */
  async step(candidates: readonly IndexCandidate[]): Promise<boolean> {
    const moves: Move[] = [];
    const pool = this.pool(candidates);
    const tries_all = this.limits.tries_all_moves === true || pool.some((candidate) => candidate.dropped);
    try {
      for (const candidate of pool) {
        const most = Math.max(0, ...moves.map(perByte));
        if (!tries_all && moves.length > 0 && this.lastWorth(candidate) <= most) continue;
        const move = await this.tryMove(candidate);
        if (move && this.pays(move)) moves.push(move);
      }
    } catch (error) {
      if (error instanceof PlannerBudgetReached) this.take(bestMove(moves));
      throw error;
    }
    return this.take(bestMove(moves));
  }

  /** An index that no query's final plan uses was made idle by a later choice. */
  async dropUnused(): Promise<void> {
    const used = new Set<string>();
    for (const query of this.planned) {
      const planned = await this.costs.cost(query, this.indexes());
      for (const index of planned?.used ?? []) used.add(indexKeyText(index));
    }
    this.chosen = this.chosen.filter((one) => used.has(indexKeyText(one.candidate.index)));
  }

  private indexes(without?: ChosenIndex) {
    return this.chosen.filter((one) => one !== without).map((one) => one.candidate.index);
  }

  /** What was worth most last, and of the untried ones the largest possible gain, so that a bound cuts off the least. */
  private pool(candidates: readonly IndexCandidate[]): readonly IndexCandidate[] {
    const is_chosen = new Set(this.chosen.map((one) => indexKeyText(one.candidate.index)));
    const possible = new Map<IndexCandidate, number>();
    const longer = this.chosen.flatMap((one) => extensions(one.candidate, candidates, this.limits.max_columns));
    for (const candidate of distinct([...longer, ...candidates], (one) => indexKeyText(one.index))) {
      if (is_chosen.has(indexKeyText(candidate.index)) || this.isAnswered(candidate)) continue;
      possible.set(candidate, this.currentSeconds(candidate));
    }
    const gain = (candidate: IndexCandidate) => (candidate.dropped ? Infinity : (possible.get(candidate) ?? 0));
    return [...possible.keys()].sort(
      (one, other) => descending(this.lastWorth(one), this.lastWorth(other)) || descending(gain(one), gain(other)),
    );
  }

  /** Infinite where it was not tried yet. */
  private lastWorth(candidate: IndexCandidate): number {
    return this.last_worth.get(this.moveKey(candidate)) ?? Infinity;
  }

  /** To make a chosen index longer is another move than to create the long one. */
  private moveKey(candidate: IndexCandidate): string {
    const replaces = this.replacedBy(candidate);
    return `${indexKeyText(candidate.index)} for ${replaces ? indexKeyText(replaces.candidate.index) : 'nothing'}`;
  }

  private replacedBy(candidate: IndexCandidate): ChosenIndex | undefined {
    return this.chosen.find((one) => isPrefix(one.candidate, candidate));
  }

  /** A shorter index than a chosen one; or a restored one made longer, which a later run may propose when it is back. */
  private isAnswered(candidate: IndexCandidate): boolean {
    return this.chosen.some(
      (one) => isPrefix(candidate, one.candidate) || (one.candidate.dropped && isPrefix(one.candidate, candidate)),
    );
  }

  private currentSeconds(candidate: IndexCandidate): number {
    const relevant = this.planned.filter((query) => this.costs.isRelevant(query, candidate.index));
    return relevant.reduce((sum, query) => sum + this.secondsNow(query), 0);
  }

  /** Seconds per day this query takes under the indexes chosen so far. */
  private secondsNow(query: JudgedQuery): number {
    const key = queryKey(query);
    const ratio = (this.current_costs.get(key) ?? 1) / (this.initial_costs.get(key) ?? 1);
    return secondsPerDay(query.total_time_us, query.span_s) * this.timeRatio(ratio);
  }

  private timeRatio(cost_ratio: number): number {
    return timeRatio(cost_ratio, this.limits.prior ?? what_if_prior).value;
  }

  private async tryMove(candidate: IndexCandidate): Promise<Move | undefined> {
    const replaces = this.replacedBy(candidate);
    if (!(await this.fits(candidate, replaces))) return undefined;
    const effects: IndexEffect[] = [];
    let saved = 0;
    for (const query of this.planned) {
      if (!this.costs.isRelevant(query, candidate.index)) continue;
      const planned = await this.costs.cost(query, [...this.indexes(replaces), candidate.index]);
      const before = this.current_costs.get(queryKey(query));
      if (!planned || before === undefined || !(planned.total_cost > 0)) continue;
      if (planned.total_cost === before) continue;
      saved += this.secondsNow(query) * (1 - this.timeRatio(planned.total_cost / before));
      effects.push(this.effect(query, planned.total_cost, replaces));
    }
    const move = saved > 0 ? await this.priced(candidate, effects, saved, replaces) : undefined;
    this.last_worth.set(this.moveKey(candidate), move ? perByte(move) : 0);
    return move;
  }

  private async fits(candidate: IndexCandidate, replaces: ChosenIndex | undefined): Promise<boolean> {
    const { budget_bytes } = this.limits;
    if (budget_bytes === undefined) return true;
    const size_bytes = (await this.costs.sizeBytes(candidate.index)) ?? Infinity;
    const kept = this.chosen.filter((one) => one !== replaces);
    return kept.reduce((sum, one) => sum + (one.size_bytes ?? 0), size_bytes) <= budget_bytes;
  }

  private effect(query: JudgedQuery, cost_after: number, replaces: ChosenIndex | undefined): IndexEffect {
    const key = queryKey(query);
    const earlier = replaces?.effects.find((one) => queryKey(one.query) === key);
    const cost_before = earlier?.cost_before ?? this.current_costs.get(key) ?? cost_after;
    return { query, initial_cost: this.initial_costs.get(key) ?? cost_before, cost_before, cost_after };
  }

  private async priced(
    candidate: IndexCandidate,
    effects: readonly IndexEffect[],
    saved: number,
    replaces: ChosenIndex | undefined,
  ): Promise<Move> {
    const write_seconds_per_day = writeSecondsPerDay(candidate.table, observedSeconds(candidate.table));
    const more_writes = replaces ? 0 : (write_seconds_per_day ?? 0);
    const kept = replaces?.effects.filter((old) => !effects.some((one) => queryKey(one.query) === queryKey(old.query)));
    return {
      candidate,
      effects: [...effects, ...(kept ?? [])],
      size_bytes: await this.costs.sizeBytes(candidate.index),
      write_seconds_per_day,
      net_seconds_per_day: saved - more_writes,
      replaces,
    };
  }

  private pays(move: Move): boolean {
    const total = this.planned.reduce((sum, query) => sum + this.secondsNow(query), 0);
    return (
      move.net_seconds_per_day >= this.limits.min_saved_seconds_per_day &&
      total / Math.max(total - move.net_seconds_per_day, Number.MIN_VALUE) >= this.limits.min_improvement_ratio
    );
  }

  private take(move: Move | undefined): boolean {
    if (!move) return false;
    const { net_seconds_per_day: _net, replaces, ...chosen } = move;
    this.chosen = [...this.chosen.filter((one) => one !== replaces), chosen];
    for (const effect of chosen.effects) this.current_costs.set(queryKey(effect.query), effect.cost_after);
    return true;
  }
}

const descending = (one: number, other: number): number => (other > one ? 1 : other < one ? -1 : 0);
