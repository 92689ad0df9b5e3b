export interface HistoryEntry {
  readonly kind: string;
  readonly occurred_at: string;
  readonly actor: string;
  readonly note: string;
}

/** One line of a history: an event, or the same event by the program itself several times in a row. */
export interface HistoryLine {
  readonly kind: string;
  readonly actor: string;
  readonly first_at: string;
  readonly last_at: string;
  readonly count: number;
  /** Of the last one: what it says now is what counts. */
  readonly note: string;
}

/** Who the program signs as; what a person wrote is never folded away. */
const program = 'plumbline';

/** Lines newest first; entries may come in any order. */
export function foldHistory(entries: readonly HistoryEntry[]): readonly HistoryLine[] {
  const oldest_first = [...entries].sort((a, b) => a.occurred_at.localeCompare(b.occurred_at));
  const lines: HistoryLine[] = [];
  for (const entry of oldest_first) {
    const last = lines.at(-1);
    if (last !== undefined && repeats(last, entry)) lines[lines.length - 1] = longer(last, entry);
    else lines.push(lineOf(entry));
  }
  return lines.reverse();
}

const repeats = (line: HistoryLine, { kind, actor }: HistoryEntry): boolean =>
  actor === program && line.actor === actor && line.kind === kind;

const lineOf = ({ kind, actor, occurred_at, note }: HistoryEntry): HistoryLine => ({
  ...{ kind, actor, first_at: occurred_at, last_at: occurred_at, count: 1, note },
});

const longer = (line: HistoryLine, { occurred_at, note }: HistoryEntry): HistoryLine => ({
  ...line,
  ...{ last_at: occurred_at, count: line.count + 1, note },
});
