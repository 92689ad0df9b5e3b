import type { Query } from '../source.js';
import { hashOfText, own_statement, readTexts } from './texts.js';
import type { Reading } from './reading.js';

const longest_memory = 5_000;

/** SQL_ID → query_hash (or `own`, or '' when no view has the text), the last used last. */
export type RememberedHashes = readonly (readonly [sql_id: string, query_hash: string])[];

/** For aspects that only name statements; the statements aspect tells the texts. */
export class StatementMemory {
  readonly #hashes: Map<string, string>;

  constructor(
    remembered: RememberedHashes | undefined,
    readonly reading: Reading,
  ) {
    this.#hashes = new Map(remembered ?? []);
  }

  async learn(query: Query, ids: readonly string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => id !== '' && (this.#hashes.get(id) ?? '') === '');
    if (unknown.length === 0) return;
    const texts = await readTexts(query, this.reading, unknown);
    for (const id of unknown) {
      const sql = texts.get(id);
      this.#hashes.set(id, sql === undefined ? '' : hashOfText(sql, this.reading));
    }
  }

  /** '' when nobody kept the text. */
  hashOf(sql_id: string): string {
    const known = this.#hashes.get(sql_id) ?? '';
    if (this.#hashes.delete(sql_id)) this.#hashes.set(sql_id, known);
    return known === own_statement ? '' : known;
  }

  isOwn(sql_id: string): boolean {
    return this.#hashes.get(sql_id) === own_statement;
  }

  remembered(): RememberedHashes {
    return [...this.#hashes].slice(-longest_memory);
  }
}
