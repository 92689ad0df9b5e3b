import { expect, it } from '@jest/globals';
import { ProblemError } from '@plumbline/contracts';
import { parseKafkaAddress } from './address.js';

it('reads brokers, prefix and options, and has a value for what is not said', () => {
  expect(parseKafkaAddress('kafka://a:9092,b.example.org:9093/shop?gather_ms=0')).toEqual({
    brokers: 'a:9092,b.example.org:9093',
    topics: { batches: 'shop.batches', dead_letters: 'shop.dead-letters' },
    group_id: 'shop.sink',
    gather_ms: 0,
    session_timeout_ms: 30_000,
  });
  expect(parseKafkaAddress('kafka://[::1]:9092')).toMatchObject({ brokers: '[::1]:9092', group_id: 'plumbline.sink' });
});

it.each([
  ['kafka://', '"" is not host:port'],
  ['kafka://broker', '"broker" is not host:port'],
  ['kafka://broker:0', '"broker:0" is not host:port'],
  ['kafka://broker:65536', '"broker:65536" is not host:port'],
  ['kafka://a:1,,b:2', '"" is not host:port'],
  ['kafka://user:secret@broker:9092', 'is not host:port'],
  ['kafka://broker:9092/sh op', '"sh op" cannot begin the name of a topic'],
  ['kafka://broker:9092/a/b', 'is not host:port'],
  ['kafka://broker:9092/shop?gather=1', '"gather" is not one of gather_ms, session_timeout_ms'],
  ['kafka://broker:9092/shop?gather_ms=soon', 'gather_ms is not a whole number from 0 to 60000'],
  ['kafka://broker:9092/shop?session_timeout_ms=5', 'session_timeout_ms is not a whole number'],
])('%s is refused: %s', (uri, message) => {
  expect(() => parseKafkaAddress(uri)).toThrow(ProblemError);
  expect(() => parseKafkaAddress(uri)).toThrow(message);
});
