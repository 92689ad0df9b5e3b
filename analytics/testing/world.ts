import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askView, createViews, migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import type { CollectedTables, Regression } from '@plumbline/contracts';
import { fromUtc, utc } from '@plumbline/contracts';
import type { Job, JobContext, JobReport } from '../job.js';
import type { AnalyticsSettings } from '../settings.js';
import { analytics_settings_schema } from '../settings.js';

/** A real store in a directory of its own, with what jobs need around them. */
export interface World {
  readonly store: Store;
  readonly context: (settings?: Partial<AnalyticsSettings>) => JobContext;
  add<Table extends keyof CollectedTables>(table: Table, rows: Iterable<CollectedTables[Table]>): Promise<void>;
  run(job: Job, at: Date, settings?: Partial<AnalyticsSettings>): Promise<JobReport>;
  regressions(instance_id: string, at: Date): Promise<readonly { state: string; regression: Regression }[]>;
  close(): Promise<void>;
}

const rows_per_insert = 20_000;

export async function openWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-judge-'));
  const store = await openStore(`chdb://${directory}`);
  await migrate(store);
  await createViews(store);
  const ask = askView(store);
  const context = (settings: Partial<AnalyticsSettings> = {}): JobContext => ({
    store,
    ask,
    clock: { now: () => new Date() },
    settings: analytics_settings_schema.parse(settings),
    whatIf: () => Promise.reject(new Error('judging asks no what-if')),
    render: () => ({ ddl: [], rollback_ddl: [], cautions: [] }),
    log: () => undefined,
  });
  return {
    store,
    context,
    async add(table, rows) {
      let lines: string[] = [];
      const send = async (): Promise<void> => {
        if (lines.length > 0) await store.insert(table, lines.join('\n'), { token: randomUUID() });
        lines = [];
      };
      for (const row of rows) {
        lines.push(JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
        if (lines.length >= rows_per_insert) await send();
      }
      await send();
    },
    run: (job, at, settings) => job.run(context(settings), at),
    async regressions(instance_id, at) {
      const rows = await ask('judge_regressions', { instance_id, as_of: utc(at) });
      return rows.map((row) => ({ state: row.state, regression: JSON.parse(row.payload) as Regression }));
    },
    async close() {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const at = (text: string): Date => fromUtc(text);
export const plus = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
export const hash = (number: number): string => number.toString(16).padStart(16, '0');
