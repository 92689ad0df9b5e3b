import { afterAll, beforeAll, describe } from '@jest/globals';
import { engineContract } from '../engine.contract.js';
import { openConnection } from './connection.js';
import { engine } from './index.js';
import { default_options } from './options.js';
import { QueryStoreHistory } from './testing/history.js';
import { doubleOf } from './testing/session-double.js';
import { setQueryStore, startStandIn, type StandIn } from './testing/stand-in.js';
import { collectTools, target } from './testing/tools.js';

const statement = '(@P1 int)SELECT name FROM dbo.orders WHERE id = @P1';

describe.each([13, 17])('SQL Server of major version %i as an engine, on the stand-in', (major) => {
  let stand_in: StandIn;
  let run: (times: number) => Promise<void>;

  beforeAll(async () => {
    stand_in = await startStandIn(major, ['shop', 'crm']);
    await stand_in.createLogin('monitor');
    await setQueryStore(stand_in.database('crm'), { actual_state: 0, desired_state: 0 });
    await stand_in.master.load('dm_os_sys_info', [{ sqlserver_start_time: '2026-11-01 08:00:00' }]);
    const history = new QueryStoreHistory(stand_in.database('shop'), major >= 14);
    const interval = await history.interval(new Date(Date.now() - 600_000));
    const plan = await history.plan(await history.statement(statement));
    run = (times) => history.run(plan, interval, { times });
    await run(3);
  });
  afterAll(() => stand_in.stop());

  engineContract({ ...engine, connect: (to) => openConnection(to, default_options, doubleOf(stand_in)) }, () => ({
    ...{ target: target(), tools: collectTools(), statement },
    run: (times) => run(times),
  }));
});
