import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AskView } from '@plumbline/clickhouse';
import type { InstanceConfig, ViewRow } from '@plumbline/contracts';
import { ProblemError, instance_config_schema } from '@plumbline/contracts';
import type { AnalyticsSettings } from '@plumbline/analytics';
import { startLocalServer } from '@plumbline/engines/postgresql/local-server';
import { index_dropped, table_grown } from './faults.js';
import type { Fault } from './faults.js';
import { createShop } from './shop.js';
import { shop_statements, startWorkload } from './workload.js';

/**
 * The demo: a real PostgreSQL with a steady load, watched every two seconds instead of every minute, so that minutes
 * hold enough windows for a baseline. Then real faults. Nothing is made up: every row comes from the server.
 */
export interface Demo {
  readonly instance: InstanceConfig;
  /** What the short intervals ask of the judge: steps of seconds instead of ten minutes. */
  readonly analytics: Partial<AnalyticsSettings>;
  /** Tells the story until it is told or `stop` is called. */
  run(ask: AskView, pages_url: string, say: (line: string) => void): Promise<void>;
  stop(): Promise<void>;
}

export const demo_analytics: Partial<AnalyticsSettings> = {
  point_s: 2,
  baseline_every_s: 10,
  judge_every_s: 4,
  recommend_every_s: 8,
  measure_every_s: 5,
  judged_span_s: 300,
};

const steady_s = 100;
const second_fault_after_s = 240;
/** The pages' usual six hours would show a few minutes as a dot. */
const minutes = 'from=now-15m&to=now';

export function demoInstance(host: string, port: number): InstanceConfig {
  return instance_config_schema.parse({
    name: 'demo-shop',
    engine: 'postgresql',
    host,
    port,
    database_name: 'shop',
    user_name: 'plumbline',
    tls: 'off',
    interval_s: 2,
    aspects: {
      activity: { interval_s: 1 },
      metrics: { interval_s: 5 },
      settings: { interval_s: 5 },
      tables: { interval_s: 5 },
      indexes: { interval_s: 4 },
      schema: { interval_s: 20 },
      plans: { interval_s: 8 },
    },
  });
}

const marker = '.plumbline-demo';

/**
 * Every demo starts anew: counters of a database that is gone would only confuse the next one's baseline. Deletes
 * nothing that an earlier demo has not made. Throws `ProblemError`.
 */
export function emptyDemoDirectory(directory: string): void {
  const is_ours = existsSync(join(directory, marker));
  const found = existsSync(directory) ? readdirSync(directory).filter((name) => name !== 'tokens.json') : [];
  if (!is_ours && found.length > 0) {
    const message = `${directory} holds files that no demo made`;
    const mend = 'Start in another folder, or set PLUMBLINE_DATA_DIRECTORY to an empty one.';
    throw new ProblemError([{ where: 'demo', field: 'data_directory', message, mend }]);
  }
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, marker), '');
}

export async function startDemo(say: (line: string) => void): Promise<Demo> {
  // Not below the working directory: PostgreSQL runs as another user when this process is root, and that user may
  // not pass through root's own folders.
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-demo-'));
  chmodSync(directory, 0o755);
  const server = await startLocalServer({ directory, settings: { track_io_timing: 'on' } });
  say(
    `PostgreSQL ${server.server_version} ${server.has_hypopg ? 'with' : 'without'} HypoPG listens on ${server.host}:${server.port}`,
  );
  const pool = await createShop(server);
  say('The shop is filled: 200,000 orders, 400,000 order lines; the steady load begins');
  const load = startWorkload(pool, shop_statements, 1);
  const stopped = new AbortController();

  return {
    instance: demoInstance(server.host, server.port),
    analytics: demo_analytics,
    async run(ask, pages_url, say) {
      const story = { ask, pages_url, say, psql: `psql "${server.url('shop')}"`, signal: stopped.signal };
      await watchSteadily(story);
      await breakAndWatch(story, index_dropped, () => index_dropped.apply(pool));
      await pause(second_fault_after_s, stopped.signal);
      await breakAndWatch(story, table_grown, () => table_grown.apply(pool));
    },
    async stop() {
      stopped.abort();
      await load.stop();
      await pool.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Story {
  readonly ask: AskView;
  readonly pages_url: string;
  readonly say: (line: string) => void;
  readonly psql: string;
  readonly signal: AbortSignal;
}

async function watchSteadily({ say, signal }: Story): Promise<void> {
  for (let passed_s = 0; passed_s < steady_s && !signal.aborted; passed_s += 20) {
    say(`Watching the steady load for a baseline: ${passed_s} of ${steady_s} s`);
    await pause(20, signal);
  }
}

async function breakAndWatch(story: Story, fault: Fault, apply: () => Promise<void>): Promise<void> {
  if (story.signal.aborted) return;
  const broken_at = new Date();
  await apply();
  story.say(`Broke it at ${broken_at.toISOString()}: ${fault.sentence}`);

  const regression = await firstOf(story, 'an open regression', async () =>
    (await story.ask('regressions_latest', { instance_id: 'demo-shop', state: 'open' })).find(
      (row) => new Date(`${row.onset_at.replace(' ', 'T')}Z`).getTime() > broken_at.getTime() - 10_000,
    ),
  );
  if (regression === undefined) return;
  story.say(`Regression open: ${regression.effect_ratio.toFixed(1)} times slower. ${regression.cause_sentence}`);
  story.say(`  ${story.pages_url}/a/plumbline-app/overview?${minutes}`);
  story.say(`  ${story.pages_url}/a/plumbline-app/regressions/${regression.regression_id}?${minutes}`);

  const advice = await firstOf(story, 'a recommendation for it', async () =>
    (await story.ask('recommendations_latest', { instance_id: 'demo-shop', state: 'proposed' })).find((row) =>
      row.payload.includes(regression.regression_id),
    ),
  );
  if (advice !== undefined) await showAdvice(story, advice);
}

async function showAdvice(story: Story, advice: ViewRow<'recommendations_latest'>): Promise<void> {
  const { rendered } = JSON.parse(advice.payload) as { rendered: { ddl: readonly string[] } };
  const proof = advice.proof === 'what_if' ? 'proven by HypoPG' : 'not proven: no HypoPG here';
  story.say(`Recommendation (${proof}): ${advice.title}`);
  story.say(`  ${story.pages_url}/a/plumbline-app/recommendations/${advice.recommendation_id}?${minutes}`);
  for (const ddl of rendered.ddl)
    story.say(`  Apply it by hand and watch it being noticed and measured:\n    ${story.psql} -c '${ddl}'`);
}

/** Asks every second and says every 15 s that it still waits; undefined only when the demo is stopped. */
async function firstOf<Row>(
  { say, signal }: Story,
  what: string,
  ask: () => Promise<Row | undefined>,
): Promise<Row | undefined> {
  for (let waited_s = 0; !signal.aborted; waited_s++) {
    const row = await ask();
    if (row !== undefined) return row;
    if (waited_s % 15 === 14) say(`Waiting for ${what}: ${waited_s + 1} s`);
    await pause(1, signal);
  }
  return undefined;
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    signal.addEventListener('abort', done);
  });
}
