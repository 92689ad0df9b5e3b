import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StandIn } from '../testing/relational/stand-in.js';
import { viewsOf } from './fitted.js';
import { aspects } from './aspects.js';
import { forbidUnlicensed, needsDiagnosticsPack, packDenied } from './licence.js';
import { connectSource } from './connect.js';
import { default_options, optionsOf } from './options.js';
import { driverDouble } from './testing/driver-double.js';
import { loadDatabase, snapshotRow } from './testing/awr-history.js';
import { openStandIn, startOracleStandIn, targetOf } from './testing/stand-in.js';
import { collectTools } from './testing/tools.js';

describe('The licence', () => {
  let stand_in: StandIn;
  const tools = collectTools();
  const sent: string[] = [];
  const onStatement = (sql: string): void => {
    sent.push(...viewsOf(sql));
  };
  const licensedSent = () => sent.filter(needsDiagnosticsPack);

  beforeAll(async () => {
    stand_in = await startOracleStandIn();
  });
  afterAll(() => stand_in.stop());
  beforeEach(async () => {
    sent.length = 0;
    await stand_in.empty('V$DATABASE', 'V$INSTANCE', 'GV$INSTANCE', 'V$PARAMETER', 'DBA_HIST_SNAPSHOT');
    await stand_in.load('DBA_HIST_SNAPSHOT', [snapshotRow({ snap_id: 1, end: '2026-11-01T01:00:00Z' })]);
  });

  it.each([
    { what: 'nobody said that it is there', licensed: false, pack_access: 'DIAGNOSTIC+TUNING', fix: 'options: {' },
    { what: 'the server forbids it', licensed: true, pack_access: 'NONE', fix: 'ALTER SYSTEM' },
  ])('keeps every licensed view unread when $what', async ({ licensed, pack_access, fix }) => {
    await loadDatabase(stand_in, { pack_access });
    for (const history of ['auto', 'awr'] as const) {
      const options = { diagnostics_pack_licensed: licensed, history };
      const connection = await openStandIn(stand_in, { options, double: { onStatement } });
      const denied: string[] = [];
      for (const { name } of aspects) {
        const { outcome } = await connection.collect(name, undefined, tools);
        if (outcome.state === 'denied') denied.push(name);
        expect(outcome.state === 'ok' || outcome.fix.includes(fix) || name === 'indexes').toBe(true);
      }
      const of_awr = ['statements', 'activity', 'waits', 'metrics', 'plans'];
      expect(denied).toEqual(history === 'awr' ? of_awr : []);
      const checks = await connection.checkup();
      expect(checks.some(({ outcome }) => outcome.state !== 'ok' && outcome.fix.includes(fix))).toBe(true);
      await connection.close();
    }
    expect(sent.length).toBeGreaterThan(20);
    expect(licensedSent()).toEqual([]);
  });

  it('is asked for by the source itself too, whatever asks', () => {
    const denied = packDenied({ pack_access: 'NONE', is_pluggable: true }, { diagnostics_pack_licensed: true });
    expect(denied?.fix).toMatch(/^In CDB\$ROOT: ALTER SYSTEM/);
    expect(() => forbidUnlicensed(['DBA_HIST_SNAPSHOT', 'GV$SQLSTATS'], denied)).not.toThrow();
    expect(() => forbidUnlicensed(['DBA_HIST_SNAPSHOT', 'DBA_HIST_SQLTEXT'], denied)).toThrow('DBA_HIST_SQLTEXT');
  });

  it('stands before the driver: a licensed statement is not even sent', async () => {
    await loadDatabase(stand_in);
    const driver = driverDouble({ url: stand_in.server.url(), onStatement });
    const source = await connectSource(targetOf(stand_in), default_options, () => Promise.resolve(driver));
    const binds = { dbid: '1', snap_id: 1, instance_number: 1 };
    await expect(source.read((query) => query('awr-sqlstat.sql', binds))).rejects.toMatchObject({
      ...{ failure: 'denied', message: expect.stringContaining('DBA_HIST_SQLSTAT is not read') },
    });
    await source.close();
    expect(licensedSent()).toEqual([]);
  });

  it('reads AWR once both say yes', async () => {
    await loadDatabase(stand_in);
    const options = { diagnostics_pack_licensed: true };
    const connection = await openStandIn(stand_in, { options, double: { onStatement } });
    const first = await connection.collect('statements', undefined, tools);
    await stand_in.load('DBA_HIST_SNAPSHOT', [snapshotRow({ snap_id: 2, end: '2026-11-01T02:00:00Z' })]);
    await connection.collect('statements', first.state, tools);
    await connection.close();
    expect(licensedSent()).toContain('DBA_HIST_SQLSTAT');
  });

  it.each([
    ['DBA_HIST_SQLSTAT', true],
    ['SYS.DBA_HIST_SQLTEXT', true],
    ['CDB_HIST_SYSSTAT', true],
    ['AWR_PDB_SQLSTAT', true],
    ['AWR_ROOT_SNAPSHOT', true],
    ['V$ACTIVE_SESSION_HISTORY', true],
    ['GV$ACTIVE_SESSION_HISTORY', true],
    ['DBA_HIST_SNAPSHOT', false],
    ['DBA_HIST_SEG_STAT', false],
    ['GV$SQLSTATS', false],
    ['DBA_INDEXES', false],
  ])('of the Diagnostics Pack: is %s asked for it? %s', (view, is_licensed) => {
    expect(needsDiagnosticsPack(view)).toBe(is_licensed);
  });

  it.each([
    { what: 'a word that is no yes', options: { diagnostics_pack_licensed: 'true' } },
    { what: 'an unknown history', options: { history: 'ash' } },
    { what: 'an unknown scope', options: { awr_scope: 'cdb' } },
    { what: 'a typing error', options: { diagnostic_pack_licensed: true } },
  ])('does not hang on $what', ({ options }) => {
    expect(() => optionsOf(targetOf(stand_in, { options }))).toThrow(/^options\.\w+ of this instance/);
  });
});
