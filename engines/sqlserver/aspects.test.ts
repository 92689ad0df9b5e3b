import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Collected } from '@plumbline/contracts';
import { QueryStoreHistory } from './testing/history.js';
import { setQueryStore, type StandIn, type StandInDatabase } from './testing/stand-in.js';
import { serverAtNoon } from './testing/server-at-noon.js';
import type { UnderTest } from './testing/under-test.js';
import { after, noon } from './testing/tools.js';

const sql = 'SELECT total FROM dbo.orders WHERE customer_id = 5';

const metric = (answer: Collected, name: string): number | undefined =>
  answer.rows.instance_metrics?.find((row) => row.metric === name)?.value;

describe('What is read of the whole server', () => {
  let stand_in: StandIn;
  let master: StandInDatabase;
  let shop: StandInDatabase;
  let under: UnderTest;
  serverAtNoon((server) => {
    ({ stand_in, master, shop, under } = server);
  });

  describe('activity', () => {
    const request = (session_id: number, over: Record<string, unknown> = {}) => ({
      ...{ session_id, status: 'running', sql_handle: '\\xaa', statement_start_offset: 0, statement_end_offset: -1 },
      ...{ database_id: 5, blocking_session_id: 0, wait_type: null, wait_time: 0 },
      ...over,
    });
    beforeEach(async () => {
      await master.set('dm_exec_sql_text', [
        { sql_handle: '\\xaa', text: sql },
        { sql_handle: '\\xee', text: 'SELECT /* plumbline */ 1' },
      ]);
      await master.set('dm_exec_sessions', [
        ...[51, 52, 53, 54].map((session_id) => ({ session_id, is_user_process: 1, program_name: 'app' })),
        { session_id: 60, is_user_process: 1, program_name: 'plumbline', status: 'running' },
        { session_id: 61, is_user_process: 1, program_name: null, status: 'sleeping', open_transaction_count: 1 },
      ]);
      await master.set('dm_exec_requests', [
        request(51),
        request(52, { status: 'suspended', wait_type: 'LCK_M_X', blocking_session_id: 51, wait_time: 4_000 }),
        request(53, { status: 'suspended', wait_type: 'PAGEIOLATCH_SH', database_id: 6 }),
        request(54, { status: 'background' }),
        request(60, { sql_handle: '\\xee' }),
      ] as never);
    });

    it('samples what runs and what waits, by statement, and who is blocked', async () => {
      await under.read('activity');
      await under.at(after(1));
      const answer = await under.read('activity');
      const { query_hash } = under.tools.template(sql);
      const told = answer.rows.wait_deltas?.map((row) => [
        ...[row.database_name, row.wait_class, row.wait_event, row.query_hash],
      ]);
      expect(told?.sort()).toEqual([
        ['crm', 'io', 'PAGEIOLATCH_SH', query_hash],
        ['shop', 'cpu', '', query_hash],
        ['shop', 'lock', 'LCK_M_X', query_hash],
      ]);
      expect(answer.rows.wait_deltas?.every((row) => row.sampled_time_us === 60_000_000n)).toBe(true);
      expect(
        ['sessions.active', 'sessions.blocked', 'sessions.longest_block_us'].map((name) => metric(answer, name)),
      ).toEqual([3, 1, 4_000_000]);
      expect(metric(answer, 'sessions.idle_in_transaction')).toBe(1);
    });

    it('leaves the waits of a database to Query Store when that measures them', async () => {
      await setQueryStore(stand_in.database('crm'), { wait_stats_capture_mode: 0 });
      await under.read('waits');
      await under.at(after(2));
      const answer = await under.read('activity');
      expect(answer.rows.wait_deltas?.map((row) => `${row.database_name} ${row.wait_class}`).sort()).toEqual([
        'crm io',
        'shop cpu',
      ]);
      await setQueryStore(stand_in.database('crm'), {});
    });
  });

  describe('waits', () => {
    it('tells the growth of the server’s waits by type and class, without idle ones, through a clearing', async () => {
      const wait = (wait_type: string, wait_time_ms: number, signal_wait_time_ms = 0) => ({
        ...{ wait_type, wait_time_ms, signal_wait_time_ms, waiting_tasks_count: 1 },
      });
      await master.set('dm_os_wait_stats', [wait('LCK_M_X', 100, 10), wait('WRITELOG', 50), wait('WAITFOR', 9)]);
      await under.read('waits');
      await master.set('dm_os_wait_stats', [wait('LCK_M_X', 400, 60), wait('WRITELOG', 5), wait('WAITFOR', 999)]);
      await under.at(after(1));
      const answer = await under.read('waits');
      const told = Object.fromEntries((answer.rows.instance_metrics ?? []).map((row) => [row.metric, row.value]));
      expect(told).toEqual({
        'wait_type.LCK_M_X_us': 300_000,
        'waits.lock_time_us': 250_000,
        'waits.signal_time_us': 50_000,
        'wait_type.WRITELOG_us': 5_000,
        'waits.io_time_us': 5_000,
      });
      expect(answer.rows.wait_deltas).toEqual([]);
    });

    it('tells how far the waits of each statement grew in an open interval', async () => {
      const store = new QueryStoreHistory(shop);
      const interval = await store.interval(noon);
      const plan = await store.plan(await store.statement(sql));
      const waited = (wait_category: number, total_query_wait_time_ms: number) =>
        shop.load('query_store_wait_stats', [
          {
            ...{ wait_stats_id: 1, plan_id: plan, runtime_stats_interval_id: interval, execution_type: 0 },
            ...{ wait_category, wait_category_desc: `category ${wait_category}`, total_query_wait_time_ms },
          },
        ]);
      await waited(3, 100);
      await under.read('waits');
      await waited(3, 7);
      await waited(11, 5_000);
      await waited(16, 2);
      await under.at(after(1));
      const answer = await under.read('waits');
      const { query_hash } = under.tools.template(sql);
      expect(answer.rows.wait_deltas).toMatchObject([
        { query_hash, wait_class: 'lock', wait_event: 'category 3', sampled_time_us: 7_000n, database_name: 'shop' },
        { query_hash, wait_class: 'ipc', sampled_time_us: 2_000n },
      ]);
      await store.clear();
      await shop.set('query_store_wait_stats', []);
    });
  });

  describe('metrics', () => {
    const counter = (counter_name: string, cntr_value: bigint, cntr_type: number, instance_name = '') => {
      const object_name = counter_name.startsWith('Average') ? 'MSSQL$PROD:Locks' : 'MSSQL$PROD:Buffer Manager';
      return { object_name, counter_name, instance_name, cntr_value, cntr_type };
    };
    const counters = (reads: bigint, waited: bigint, waits: bigint) => [
      counter('Page life expectancy', 3_600n, 65_792),
      counter('Page reads/sec', reads, 272_696_576),
      counter('Buffer cache hit ratio', 750n, 537_003_264),
      counter('Buffer cache hit ratio base', 1_000n, 1_073_939_712),
      counter('Average Wait Time (ms)', waited, 1_073_874_176, '_Total'),
      counter('Average Wait Time Base', waits, 1_073_939_712, '_Total'),
    ];
    const files = (reads: bigint) => ({
      ...{ database_id: 5, file_id: 1, num_of_reads: reads, num_of_writes: 1, num_of_bytes_read: 8192 },
      ...{ num_of_bytes_written: 0, io_stall_read_ms: 3, io_stall_write_ms: 0 },
    });

    const minute = (timestamp: number, process: number, idle: number) => ({
      ...{ ring_buffer_type: 'RING_BUFFER_SCHEDULER_MONITOR', timestamp },
      record: `<Record><SchedulerMonitorEvent><SystemHealth><ProcessUtilization>${process}</ProcessUtilization><SystemIdle>${idle}</SystemIdle></SystemHealth></SchedulerMonitorEvent></Record>`,
    });

    it('applies to each counter the formula of its type', async () => {
      await master.set('dm_os_sys_info', [{ sqlserver_start_time: '2026-11-01 10:00:00' }]);
      await master.set('dm_os_performance_counters', counters(1_000n, 500n, 10n));
      await master.set('dm_io_virtual_file_stats', [files(9_007_199_254_740_993n), files(5n)]);
      await under.read('metrics');
      await master.set('dm_os_performance_counters', counters(1_250n, 740n, 14n));
      await master.set('dm_io_virtual_file_stats', [files(9_007_199_254_740_995n), files(6n)]);
      await master.set('dm_os_ring_buffers', [minute(1, 90, 5), minute(2, 40, 35)]);
      await under.at(after(1));
      const answer = await under.read('metrics');
      const told = Object.fromEntries((answer.rows.instance_metrics ?? []).map((row) => [row.metric, row.value]));
      expect(told).toMatchObject({
        'buffer.page_life_expectancy_s': 3_600,
        'buffer.pages_read': 250,
        'buffer.hit_ratio': 0.75,
        'locks.average_wait_us': 60_000,
        'io.reads': 3,
        'cpu.server_ratio': 0.4,
        'cpu.machine_ratio': 0.65,
      });
      expect(answer.rows.instance_events).toEqual([]);
    });

    it('notices a restart, by UTC, and that counters began anew', async () => {
      await under.read('metrics');
      await master.set('dm_os_sys_info', [{ sqlserver_start_time: '2026-11-20 14:00:30' }]);
      await master.set('dm_os_performance_counters', counters(40n, 0n, 0n));
      await stand_in.look({ product_version: '16.0.4200.1' });
      await under.at(after(1));
      const answer = await under.read('metrics');
      expect(answer.rows.instance_events?.map(({ kind, occurred_at }) => [kind, occurred_at])).toEqual([
        ['version_changed', '2026-11-20 12:00:30.000'],
        ['restart', '2026-11-20 12:00:30.000'],
      ]);
      expect([metric(answer, 'buffer.pages_read'), metric(answer, 'locks.average_wait_us')]).toEqual([40, undefined]);
    });

    it('does not take the change of daylight saving for a restart', async () => {
      await under.at(after(120));
      await under.read('metrics');
      await stand_in.look({ local_offset_min: 60 });
      await under.at(after(24 * 60));
      expect((await under.read('metrics')).rows.instance_events).toEqual([]);
      await stand_in.look({ local_offset_min: 120 });
      await under.read('metrics');
    });
  });

  it('settings tells what is configured, what waits for a restart, and what changed', async () => {
    const setting = (name: string, value: string, value_in_use: string, is_dynamic: 0 | 1) => ({
      ...{ name, value, value_in_use, is_dynamic },
    });
    const memory = 'max server memory (MB)';
    await master.set('configurations', [setting(memory, '2147483647', '2147483647', 1), setting('xp', '1', '0', 0)]);
    await shop.set('database_scoped_configurations', [{ name: 'MAXDOP', value: '0' }]);
    const first = await under.read('settings');
    const byName = (answer: Collected, name: string) => answer.rows.setting_snapshots?.find((row) => row.name === name);
    expect(byName(first, memory)).toMatchObject({ unit: 'MB', change_needs: 'reload', pending_restart: 0 });
    expect(byName(first, 'xp')).toMatchObject({ value: '1', change_needs: 'restart', pending_restart: 1 });
    expect(byName(first, '[shop].MAXDOP')).toMatchObject({ value: '0', change_needs: 'reload' });
    expect(byName(first, '[crm].is_auto_create_stats_on')).toMatchObject({ value: 'ON', source: 'database' });
    await shop.set('database_scoped_configurations', [{ name: 'MAXDOP', value: '8' }]);
    const second = await under.read('settings');
    expect(second.rows.setting_snapshots).toHaveLength(1);
    expect(second.rows.instance_events).toMatchObject([
      { kind: 'setting_changed', database_name: 'shop', object_name: '[shop].MAXDOP', before: '0', after: '8' },
    ]);
  });
});
