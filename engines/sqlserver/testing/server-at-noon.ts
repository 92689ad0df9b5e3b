import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { startStandIn, type StandIn, type StandInDatabase } from './stand-in.js';
import { noon } from './tools.js';
import { underTest, type UnderTest } from './under-test.js';

export interface ServerAtNoon {
  readonly stand_in: StandIn;
  readonly master: StandInDatabase;
  readonly shop: StandInDatabase;
  readonly under: UnderTest;
}

/** For one suite: a 2022 two hours east, with the databases shop and crm, one connection, and noon before each test. */
export function serverAtNoon(use: (server: ServerAtNoon) => void): void {
  let server: ServerAtNoon;
  beforeAll(async () => {
    const stand_in = await startStandIn(16, ['shop', 'crm']);
    await stand_in.createLogin('monitor');
    await stand_in.look({ local_offset_min: 120 });
    server = { stand_in, master: stand_in.master, shop: stand_in.database('shop'), under: await underTest(stand_in) };
    use(server);
  });
  afterAll(async () => {
    await server.under.close();
    await server.stand_in.stop();
  });
  beforeEach(() => server.under.at(noon));
}
