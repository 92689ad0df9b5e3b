import type { TimeLimit } from '@plumbline/contracts';
import { ReadingMeter, type Metered } from '../shared/reading-meter.js';
import type { Source } from './source.js';

/** The source as one reading sees it. */
export function metered(source: Source, limit: TimeLimit | undefined): Source & Metered {
  const meter = new ReadingMeter(limit);
  return {
    get facts() {
      return source.facts;
    },
    get dictionary() {
      return source.dictionary;
    },
    get busy_ms() {
      return meter.busy_ms;
    },
    read: (work) => meter.read((onTurn) => source.read(onTurn), work),
    close: () => source.close(),
  };
}
