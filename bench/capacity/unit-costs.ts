import type { Figure } from '../figure.js';

/** A file of bench/results. */
export interface Results {
  readonly command: string;
  readonly figures: readonly Figure[];
}

/** One measured cost, with the command that measures it again. */
export interface UnitCost {
  readonly value: number;
  readonly text: string;
  readonly figure: string;
  readonly command: string;
}

/** The names of the figures as the benchmarks write them. @throws when a benchmark's figure was renamed or is missing. */
export function unitCosts(resultsOf: (name: string) => Results) {
  const cost = (file: string, figure: string): UnitCost => {
    const { command, figures } = resultsOf(file);
    const found = figures.find((one) => one.figure === figure);
    const value = Number.parseFloat(found?.measured ?? '');
    if (found === undefined || !(value > 0)) throw new Error(`bench/results/${file}.json has no figure "${figure}"`);
    return { value, text: found.measured, figure, command };
  };
  return {
    make_us: cost('units', 'processor time to make a row of query_deltas as JSON'),
    store_us: cost('units', 'processor time to store a row, materialized views included'),
    insert_ms: cost('units', 'processor time of an insert beside its rows'),
    row_bytes: cost('units', 'bytes of a row on its way, in batches of 500'),
    carried_bytes: cost('units', 'the same after lz4'),
    state_kb: cost('states', 'the same as it travels, deflated and as base64'),
    stored_bytes: cost('views', 'disk per raw row, rollups included'),
    memory_mb: cost('memory', 'peak resident memory'),
  };
}
export type UnitCosts = ReturnType<typeof unitCosts>;
