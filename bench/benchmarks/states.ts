/**
 * What the counter state of a reading weighs that travels with its batch where collectors share instances
 * (docs/decisions/0011-roles.md): a PostgreSQL's, with as many statements as it keeps by default.
 */
import { counters, zero_measures } from '@plumbline/contracts';
import { packState } from '@plumbline/collector';
import { pack } from '@plumbline/engines/postgresql/normalize';
import { seededRandom } from '@plumbline/server/demo/workload';
import type { Benchmark, Figure } from '../figure.js';

const statements = 5_000;
const times = 20;
const random = seededRandom(1);
const upTo = (most: number): bigint => BigInt(Math.floor(random() * most));
const any64 = (): bigint => (upTo(2 ** 32) << 32n) | upTo(2 ** 32);

function entry(): readonly [string, readonly [string, ReturnType<typeof pack>]] {
  const calls = 1n + upTo(500_000);
  const now = counters(
    {
      ...zero_measures,
      calls,
      total_time_us: calls * upTo(5_000),
      sum_square_time_us2: Number(calls) * random() * 1e6,
      rows_returned: calls * upTo(20),
      logical_read_bytes: 8_192n * calls * upTo(50),
      physical_read_bytes: 8_192n * upTo(50_000),
    },
    '',
  );
  const native_id = BigInt.asIntN(64, any64()).toString();
  return [`16384.10.true.${native_id}`, [any64().toString(16).padStart(16, '0'), pack(now)]];
}

const benchmark: Benchmark = {
  name: 'states',
  summary: 'what a counter state weighs that travels with its batch',
  async run(say) {
    const state = {
      at: new Date(0).toISOString(),
      entries: Object.fromEntries(Array.from({ length: statements }, entry)),
    };
    const plain_bytes = JSON.stringify(state).length;
    const packed = await packState(state);
    const before = process.cpuUsage();
    for (let time = 0; time < times; time += 1) await packState(state);
    const { user, system } = process.cpuUsage(before);
    const cpu_ms = (user + system) / 1_000 / times;
    say(
      `${statements} statements: ${plain_bytes} bytes of JSON, ${packed.length} as they travel, ${cpu_ms.toFixed(1)} ms`,
    );
    const figure = (name: string, measured: string): Figure => ({ figure: name, measured, target: '—', is_met: null });
    return [
      figure('a counter state of 5,000 statements, as JSON', `${Math.round(plain_bytes / 1000)} kB`),
      figure('the same as it travels, deflated and as base64', `${Math.round(packed.length / 1000)} kB`),
      figure('processor time to make it so', `${cpu_ms.toFixed(1)} ms`),
    ];
  },
};
export default benchmark;
