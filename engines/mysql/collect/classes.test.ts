import { describe, expect, it } from '@jest/globals';
import { eventClass, stateClass } from '../wait-class.js';
import { lifeEvents } from './server-life.js';
import { mayHoldSecret } from './settings.js';

describe('what a session waits for', () => {
  it.each([
    ['wait/io/file/innodb/innodb_data_file', 'io'],
    ['wait/io/table/sql/handler', 'io'],
    ['wait/io/socket/sql/client_connection', 'client'],
    ['wait/lock/metadata/sql/mdl', 'lock'],
    ['wait/synch/mutex/innodb/buf_pool_mutex', 'lwlock'],
    ['idle', 'other'],
  ])('the event %s is %s', (event, expected) => {
    expect(eventClass(event)).toBe(expected);
  });

  it.each([
    ['executing', 'cpu'],
    ['Sending data', 'cpu'],
    ['Creating sort index', 'cpu'],
    ['', 'cpu'],
    ['Waiting for table metadata lock', 'lock'],
    ['User lock', 'lock'],
    ['Sending to client', 'client'],
    ['Writing to net', 'client'],
    ['waiting for handler commit', 'ipc'],
    ['Commit', 'ipc'],
    ['Copying to tmp table on disk', 'io'],
    ['User sleep', 'other'],
  ])('the state "%s" is %s', (state, expected) => {
    expect(stateClass(state)).toBe(expected);
  });
});

describe('what became of a server', () => {
  const before = { started_ms: 1_000_000, flushed_ms: 1_000_000, version: '10.11.19' };
  const end = new Date(9_000_000);
  it.each([
    ['nothing, when only the count of seconds wavers', { started_ms: 1_001_500 }, []],
    ['a restart', { started_ms: 5_000_000, flushed_ms: 5_000_000 }, ['restart']],
    ['an upgrade', { started_ms: 5_000_000, version: '11.4.1' }, ['version_changed', 'restart']],
    ['FLUSH STATUS', { flushed_ms: 4_000_000 }, ['counter_reset']],
  ])('%s', (_title, change, kinds) => {
    expect(lifeEvents(before, { ...before, ...change }, end).map(({ kind }) => kind)).toEqual(kinds);
  });
});

it.each([
  ['report_password', 'hunter2', true],
  ['wsrep_sst_auth', 'user:hunter2', true],
  ['init_connect', 'SET @x = 1', true],
  ['report_password', '', false],
  ['secure_auth', 'ON', false],
  ['max_connections', '60', false],
  ['caching_sha2_password_private_key_path', 'private_key.pem', false],
])('the value of %s, "%s", is hidden: %s', (name, value, expected) => {
  expect(mayHoldSecret({ name, value })).toBe(expected);
});
