import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askView, createViews, migrate, openStore, type Store } from '@plumbline/clickhouse';
import { encodeRow, type Action, type RenderedAction, type WhatIf } from '@plumbline/contracts';
import { analytics_settings_schema, type AnalyticsSettings } from '../settings.js';
import type { JobContext } from '../job.js';
import { unprovable } from './case-input.js';

export interface StoreContext {
  readonly store: Store;
  readonly logs: readonly string[];
  context(given?: { what_if?: WhatIf; settings?: Partial<AnalyticsSettings> }): JobContext;
  insert(table: string, rows: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

/** A real embedded store in a directory of its own, with all tables and views. */
export async function openStoreContext(): Promise<StoreContext> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-analytics-'));
  const store = await openStore(`chdb://${directory}`);
  await migrate(store);
  await createViews(store);
  const logs: string[] = [];
  let inserts = 0;
  return {
    store,
    logs,
    context: ({ what_if = unprovable, settings = {} } = {}) => ({
      store,
      ask: askView(store),
      clock: { now: () => new Date() },
      settings: analytics_settings_schema.parse(settings),
      whatIf: async () => what_if,
      render,
      log: (level, message, fields) => logs.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    }),
    async insert(table, rows) {
      inserts += 1;
      await store.insert(table, rows.map(encodeRow).join('\n'), { token: `test/${inserts}` });
    },
    async close() {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Stands for an engine's dialect: enough to see that what was rendered is what was filed. */
const render = (_engine: string, action: Action): RenderedAction => ({
  ddl: [`do ${action.kind}`],
  rollback_ddl: [`undo ${action.kind}`],
  cautions: [],
});
