import { expect, it } from '@jest/globals';
import type { Engine, EngineConnection } from '@plumbline/contracts';
import { Connector } from './connector.js';
import { OutboxError } from './outbox/outbox.js';
import { counter_engine } from './testing/counter-engine.js';
import { instanceConfig } from './testing/settings.js';

/** A server that is told apart by its start, and counts how often it was connected to. */
function connectorTo(server: { started_at: Date; connects: number }, describe: (connection: EngineConnection) => void) {
  const engine: Engine = {
    ...counter_engine,
    connect: async () => {
      server.connects += 1;
      return {
        server_version: '15.1',
        get started_at() {
          return server.started_at;
        },
        close: async () => undefined,
      } as EngineConnection;
    },
  };
  return new Connector(
    engine,
    instanceConfig(),
    async () => '',
    async (connection) => describe(connection),
  );
}

it('keeps a connection that could not be described, and describes it at the next reading', async () => {
  const server = { started_at: new Date(0), connects: 0 };
  let is_full = true;
  let described = 0;
  const connector = connectorTo(server, () => {
    described += 1;
    if (is_full) throw new OutboxError('the outbox is full', 'Free some space.');
  });
  await connector.connection();
  expect(connector.state).toBe('connected');
  expect(connector.failure?.message).toBe('the outbox is full');
  is_full = false;
  await Promise.all([connector.connection(), connector.connection()]);
  await connector.connection();
  expect(connector.failure).toBeUndefined();
  expect([server.connects, described]).toEqual([1, 2]);
});

it('describes a server again that was restarted under the connection', async () => {
  const server = { started_at: new Date(0), connects: 0 };
  const starts: (Date | undefined)[] = [];
  const connector = connectorTo(server, ({ started_at }) => void starts.push(started_at));
  await connector.connection();
  server.started_at = new Date(60_000);
  await connector.connection();
  await connector.connection();
  expect(starts).toEqual([new Date(0), new Date(60_000)]);
  expect(server.connects).toBe(1);
});
