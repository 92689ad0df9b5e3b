import { collected, nothingRead, stateOf, windowOf } from '../../shared/reading.js';
import { countsDigests, noDigests, performanceSchemaOff } from '../grants.js';
import { changeOf, pack, toCounters, unpack } from '../normalize.js';
import { preparedBase, readPrepared, type PreparedState } from './prepared.js';
import type { CollectAspect } from './reading.js';
import { outcomeOf } from './statements-outcome.js';
import { keyOf, readHistograms, readStatements, type StatementsAnswer } from './statements-read.js';
import { rowsOf, type Answered, type Entry } from './statements-rows.js';
import { statements_shape, type KnownText, type PackedEntry, type StatementsState } from './statements-state.js';
import { learnTexts } from './texts.js';

/** What every statement did since the last reading. The first reading only sets the baseline. */
export const statements: CollectAspect = async (reading, previous) => {
  const { source } = reading;
  if (!source.facts.has_performance_schema) return nothingRead(reading, previous, performanceSchemaOff(source.facts));
  if (!countsDigests(source.facts)) return nothingRead(reading, previous, noDigests);
  return source.read('fast', async (query) => {
    const answer = await readStatements(query, source.facts);
    const last = stateOf<StatementsState>(previous, statements_shape);
    const before = last?.server === answer.server ? last : undefined;
    const window = windowOf(reading, before?.at);
    const entries = entriesOf(answer, before);
    const waiting = before === undefined ? [] : entries.filter(isWaiting).map(({ raw }) => raw);
    const known_hashes = knownHashes(before);
    const learned = await learnTexts(query, waiting, reading, known_hashes);
    const histograms = await readHistograms(query, source.facts);
    const base = preparedBase(reading.instance_id, window);
    const prepared =
      source.facts.family === 'mariadb'
        ? await readPrepared(query, reading, before && (before.prepared ?? nothing_prepared), base, known_hashes)
        : undefined;
    return finish({ reading, answer, before, window, entries, learned, histograms, prepared });
  });
};

const nothing_prepared: PreparedState = { runs: '0', entries: {} };

function finish(answered: Answered) {
  const { answer, before, window, entries, learned } = answered;
  const known = (entry: Entry): KnownText => entry.known || (learned.texts.get(entry.key) ?? '');
  const state: StatementsState = {
    shape: statements_shape,
    at: window.end.toISOString(),
    server: answer.server,
    overflow: answer.overflow === undefined ? null : pack(toCounters(answer.overflow)),
    prepared: answered.prepared?.state,
    entries: Object.fromEntries(entries.flatMap((entry) => stateEntry(entry, known(entry), answered))),
  };
  const rows = before === undefined ? {} : rowsOf(answered, before, known);
  return collected(window, rows, state, answer.rows.length, outcomeOf(answer, answered.prepared?.missed_calls ?? 0n));
}

/** One whose text was not to be had stays as it was, so that what it did is told when the text is there. */
function stateEntry(entry: Entry, known: KnownText, { before, histograms }: Answered): [string, PackedEntry][] {
  const is_held = before !== undefined && known === '' && entry.change.delta.calls > 0n;
  if (is_held) return entry.was === undefined ? [] : [[entry.key, entry.was]];
  const { least_ps, most_ps } = entry.raw;
  const buckets = histograms === undefined ? null : (histograms.by_key.get(entry.key) ?? '');
  return [[entry.key, [known, pack(entry.now), least_ps.toString(), most_ps.toString(), buckets]]];
}

const isWaiting = (entry: Entry): boolean => entry.known === '' && entry.change.delta.calls > 0n;

const knownHashes = (before: StatementsState | undefined): Set<string> =>
  new Set(
    [...Object.values(before?.entries ?? {}), ...Object.values(before?.prepared?.entries ?? {})].map(([hash]) => hash),
  );

/** A digest that the last reading did not have began after it, because none is ever dropped alone: all of it is new. */
function entriesOf(answer: StatementsAnswer, before: StatementsState | undefined): Entry[] {
  return answer.rows.map((raw) => {
    const key = keyOf(raw);
    const now = toCounters(raw);
    const was = before?.entries[key];
    return { key, raw, now, was, known: was?.[0] ?? '', change: changeOf(now, was && unpack(was[1])) };
  });
}
