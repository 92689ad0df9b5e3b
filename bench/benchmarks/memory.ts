/** Resident memory of the whole embedded process (collector, engine, judge, API) on the demo's load. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalServer } from '@plumbline/engines/postgresql/local-server';
import { startPlumbline } from '@plumbline/server/acceptance/plumbline-process';
import { demoInstance, demo_analytics } from '@plumbline/server/demo/index';
import { createShop } from '@plumbline/server/demo/shop';
import { shop_statements, startWorkload } from '@plumbline/server/demo/workload';
import type { Benchmark } from '../figure.js';
import { residentMb } from '../resident.js';

const default_minutes = 5;

const benchmark: Benchmark = {
  name: 'memory',
  summary: `resident memory of the embedded process over some minutes of the demo's load (${default_minutes})`,
  async run(say, { minutes = default_minutes }) {
    const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-memory-'));
    chmodSync(directory, 0o755); // PostgreSQL runs as another user when this runs as root
    const server = await startLocalServer({ directory });
    const pool = await createShop(server);
    const load = startWorkload(pool, shop_statements, 1);
    const plumbline = await startPlumbline([demoInstance(server.host, server.port)], demo_analytics);
    const samples: number[] = [];
    for (let minute = 1; minute <= minutes; minute++) {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      samples.push(residentMb(plumbline.pid, 'VmRSS'));
      say(`minute ${minute}: ${samples.at(-1)?.toFixed(0)} MB`);
    }
    const peak = residentMb(plumbline.pid, 'VmHWM');
    await plumbline.stop();
    await load.stop();
    await pool.end();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
    return [
      {
        figure: `resident memory after ${minutes} min`,
        measured: `${samples.at(-1)?.toFixed(0)} MB`,
        target: '—',
        is_met: null,
      },
      { figure: 'peak resident memory', measured: `${peak.toFixed(0)} MB`, target: '—', is_met: null },
    ];
  },
};
export default benchmark;
