import { migrate, openStore } from '@plumbline/clickhouse';
import { system_clock } from '@plumbline/contracts';
import { engine } from '@plumbline/engines/postgresql/index';
import { awaited_text, type StatementsState } from '@plumbline/engines/postgresql/collect/statements-state';
import { FeatureExtractor, normalize, redact } from '@plumbline/sql';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  collectOnce,
  createBus,
  openOutbox,
  silent_log,
  startCollector,
  startSink,
  type ToolsFactory,
} from '../index.js';
import { instanceConfig } from './settings.js';

/**
 * Collector with the PostgreSQL engine and the real parsers, outbox, bus, sink and embedded store in one process, as in
 * production, to be killed at any moment. Only the statements aspect is read: the others would hide it in their load.
 * `baseline`: one reading, its state printed. `run`: a line as each reading is written ahead, until SIGTERM, then a last
 * reading, everything delivered, what became of it as the last line, exit 0.
 */
export interface CrashRunnerSettings {
  readonly mode: 'baseline' | 'run';
  readonly directory: string;
  readonly port: number;
  readonly interval_s: number;
}

const settings = JSON.parse(process.argv[2] ?? '') as CrashRunnerSettings;
const others = ['activity', 'metrics', 'settings', 'tables', 'indexes', 'schema', 'plans'] as const;
const instance = instanceConfig({
  engine: 'postgresql',
  port: settings.port,
  // A second reading would move the baseline on after its first delta was stored.
  interval_s: settings.mode === 'baseline' ? 3_600 : settings.interval_s,
  aspects: {
    ...Object.fromEntries(others.map((name) => [name, { enabled: false }])),
    statements: { budget_ms: 60_000 }, // on a slow machine it would be asked ever less often
  },
});
const extractor = new FeatureExtractor();
const tools: ToolsFactory = ({ dialect }, clock, abort) => ({
  clock,
  abort,
  template: (sql, is_truncated_at) => normalize(sql, dialect, is_truncated_at),
  features: (template) => extractor.features(template, dialect),
  redact: (fragment) => redact(fragment, dialect),
});
const store = await openStore(`chdb://${settings.directory}/store`);
await migrate(store);
const outbox = await openOutbox(`${settings.directory}/outbox`, { max_bytes: 64 * 2 ** 20, log: silent_log });
const bus = createBus('memory:');
const sink = await startSink({ bus, store, log: silent_log });
const options = {
  engines: [engine],
  resolvePassword: async () => '',
  outbox,
  bus,
  tools,
  clock: system_clock,
  log: silent_log,
};

/** A new statement's first delta is told once its text was read, and texts are read rarely. */
async function isTextAwaited(): Promise<boolean> {
  const state = (await outbox.readState('shop', 'statements')) as StatementsState;
  return Object.values(state.entries).some(([known]) => known === awaited_text);
}

async function end(): Promise<void> {
  await sink.stop();
  await outbox.close();
  await store.close();
  process.exit(0);
}

if (settings.mode === 'baseline') {
  await collectOnce({ ...options, instance, aspects: ['statements'], drain_timeout_ms: 10_000 });
  process.stdout.write(`${JSON.stringify(await outbox.readState('shop', 'statements'))}\n`);
  await end();
} else {
  const append = outbox.append.bind(outbox);
  outbox.append = (request) => {
    if (request.state !== undefined || request.batch?.aspect === 'statements') process.stdout.write('append\n');
    return append(request);
  };
  const collector = startCollector({ ...options, instances: [instance] });
  process.once('SIGTERM', () => {
    void (async () => {
      await collector.collectNow('shop'); // may join one that began before the load had stopped
      do {
        await collector.collectNow('shop');
        await sleep(100);
      } while (await isTextAwaited());
      const is_delivered = await collector.drain(120_000);
      await collector.stop();
      process.stdout.write(JSON.stringify({ is_delivered, ...sink.status() }));
      await end();
    })();
  });
  // Whoever reads it may end this process: the handler is there by now.
  process.stdout.write('ready\n');
}
