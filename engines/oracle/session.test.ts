import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StandIn } from '../testing/relational/stand-in.js';
import { connectSource } from './connect.js';
import type { Driver, DriverConnection } from './driver.js';
import { metered } from './metered-source.js';
import { default_options } from './options.js';
import { driverDouble, native_types } from './testing/driver-double.js';
import { loadDatabase } from './testing/awr-history.js';
import { startOracleStandIn, targetOf } from './testing/stand-in.js';

it('The double names types as the real driver does', async () => {
  const types = Object.values((await import('oracledb')).default as Record<string, { columnTypeName?: string }>);
  const names = new Set(types.flatMap((type) => type?.columnTypeName ?? []));
  for (const name of [...Object.values(native_types), 'CLOB', 'LONG', 'BINARY_DOUBLE']) expect(names).toContain(name);
});

describe('The one session of an instance', () => {
  let stand_in: StandIn;
  let opened: DriverConnection[] = [];
  let closed = 0;

  /** The double, with its connections in reach of the test. */
  function watchedDriver(): Driver {
    const double = driverDouble({ url: stand_in.server.url() });
    return {
      ...double,
      getConnection: async (attributes) => {
        const connection = await double.getConnection(attributes);
        const close = connection.close.bind(connection);
        connection.close = async () => {
          closed++;
          await close();
        };
        opened.push(connection);
        return connection;
      },
    };
  }
  const connect = () => connectSource(targetOf(stand_in), default_options, () => Promise.resolve(watchedDriver()));
  const breakOnce = (code: string): void => {
    const connection = opened.at(-1);
    if (connection === undefined) throw new Error('nothing is connected');
    connection.execute = () => Promise.reject(Object.assign(new Error('gone'), { code }));
  };

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
    await loadDatabase(stand_in);
  });
  afterAll(() => stand_in.stop());
  beforeEach(() => {
    opened = [];
    closed = 0;
  });

  it('says who it is, and lets no round trip last for ever', async () => {
    const source = await connect();
    await source.close();
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatchObject({ module: 'plumbline', action: 'collect', callTimeout: 30_000 });
    expect(closed).toBe(1);
  });

  it('is made again after a break, and asks again what the server is: it may have been restarted', async () => {
    const source = await connect();
    expect(source.facts.started_at).toEqual(new Date('2026-10-01T00:00:00Z'));
    breakOnce('NJS-500');
    await expect(source.read((query) => query('settings.sql'))).rejects.toMatchObject({ failure: 'unreachable' });
    await stand_in.client.query(`UPDATE v$instance SET startup_time = '2026-11-02'`);
    await source.read((query) => query('settings.sql'));
    expect(source.facts.started_at).toEqual(new Date('2026-11-02T00:00:00Z'));
    await source.close();
    expect([opened.length, closed]).toEqual([2, 2]);
  });

  it('is left after a timeout: its answer may still be on the way', async () => {
    const source = await connect();
    breakOnce('NJS-123');
    await expect(source.read((query) => query('settings.sql'))).rejects.toMatchObject({ failure: 'timeout' });
    expect(closed).toBe(1);
    await expect(source.read((query) => query('settings.sql'))).resolves.toEqual([]);
    await source.close();
  });

  it('is closed when the server cannot be understood at connect', async () => {
    await stand_in.client.query('ALTER TABLE v$database RENAME TO gone');
    await expect(connect()).rejects.toMatchObject({ failure: 'denied' });
    await stand_in.client.query('ALTER TABLE gone RENAME TO v$database');
    expect([opened.length, closed]).toEqual([1, 1]);
  });

  it('serves one reading after the other, and counts only what the server was busy with', async () => {
    const source = await connect();
    const told: string[] = [];
    const reading = metered(source, {
      pause: () => void told.push('pause'),
      resume: () => void told.push('resume'),
    });
    const first = source.read(async (query) => {
      await query('settings.sql');
      told.push('turn');
    });
    await reading.read((query) => query('settings.sql'));
    await first;
    expect(told).toEqual(['pause', 'turn', 'resume']);
    expect(reading.busy_ms).toBeGreaterThan(0);
    await source.close();
    await expect(reading.read((query) => query('settings.sql'))).rejects.toThrow('closed');
    expect(told).toEqual(['pause', 'turn', 'resume', 'pause', 'resume']);
  });
});
