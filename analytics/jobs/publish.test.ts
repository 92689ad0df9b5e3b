import { describe, expect, it } from '@jest/globals';
import type { ThresholdRow } from '@plumbline/contracts';
import type { JobContext } from '../job.js';
import { analytics_settings_schema } from '../settings.js';
import publish from './publish.js';

const as_of = new Date('2026-11-20T10:00:00Z');
const names = Object.entries(analytics_settings_schema.parse({}))
  .filter(([, value]) => typeof value === 'number')
  .map(([name]) => name);

/** Publishes into a list what a store that knows `known` is not yet told. */
async function published(known: readonly ThresholdRow[], given: Record<string, number> = {}) {
  const inserted: ThresholdRow[] = [];
  const tokens: string[] = [];
  const context = {
    settings: analytics_settings_schema.parse(given),
    ask: async () => known,
    store: {
      insert: async (_table: string, ndjson: string, { token }: { token: string }) => {
        inserted.push(...ndjson.split('\n').map((line) => JSON.parse(line) as ThresholdRow));
        tokens.push(token);
      },
    },
  } as unknown as JobContext;
  const report = await publish.run(context, as_of);
  return { inserted, tokens, report };
}

describe('publishing thresholds', () => {
  it('tells an empty store every one, with its unit and its time', async () => {
    const { inserted, tokens, report } = await published([]);
    expect(inserted.map(({ name }) => name)).toEqual(names);
    expect(inserted).toContainEqual({
      ...{ name: 'pattern_peak_ratio', value: 1.5, unit: 'ratio', published_at: '2026-11-20 10:00:00.000' },
    });
    expect(inserted.filter(({ unit, value }) => unit === '' || !Number.isFinite(value))).toEqual([]);
    expect(tokens).toEqual(['thresholds:2026-11-20 10:00:00.000']);
    expect(report.written_rows).toBe(names.length);
  });

  it('tells only what changed, and nothing when nothing did', async () => {
    const { inserted } = await published([]);
    const changed = await published(inserted, { pattern_peak_ratio: 2 });
    expect(changed.inserted.map(({ name, value }) => [name, value])).toEqual([['pattern_peak_ratio', 2]]);
    expect(await published(inserted)).toMatchObject({ inserted: [], tokens: [], report: { written_rows: 0 } });
  });
});
