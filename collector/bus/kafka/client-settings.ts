import type { KafkaAddress } from './address.js';

/**
 * A message is aimed at this size before compression; a batch that is larger is cut into several. Small enough for the
 * brokers' page cache and a sink's memory, large enough that a poll of 5,000 statements is one or two messages.
 */
export const message_aim_bytes = 4 * 2 ** 20;
/** One row alone may be larger than the aim; up to here it is sent. The topics are made with the same bound. */
export const message_limit_bytes = 16 * 2 ** 20;

export type ClientSettings = Readonly<Record<string, string>>;

const common = ({ brokers }: KafkaAddress, extra: ClientSettings) => ({
  'metadata.broker.list': brokers,
  'allow.auto.create.topics': false,
  'client.id': 'plumbline',
  // A broker that comes back is used within a second, not after the ten of the default.
  'reconnect.backoff.max.ms': 1_000,
  'message.max.bytes': message_limit_bytes,
  ...extra,
});

/** Idempotent: a retry of the client itself neither doubles nor reorders. */
export const producerSettings = (address: KafkaAddress, extra: ClientSettings) => ({
  ...common(address, extra),
  'enable.idempotence': true,
  acks: -1,
  // lz4 is in every build of the client; zstd only where its headers were there when it was compiled.
  'compression.codec': 'lz4' as const,
  'linger.ms': 2,
  'topic.metadata.refresh.interval.ms': 30_000,
  dr_cb: true,
});

/** Offsets are committed by hand, after the rows are in the store. */
export const consumerSettings = (address: KafkaAddress, extra: ClientSettings) => ({
  ...common(address, extra),
  'group.id': address.group_id,
  'enable.auto.commit': false,
  'enable.auto.offset.store': false,
  'session.timeout.ms': address.session_timeout_ms,
  'heartbeat.interval.ms': Math.min(3_000, Math.floor(address.session_timeout_ms / 3)),
  'fetch.message.max.bytes': message_limit_bytes,
  'queued.max.messages.kbytes': 32 * 1024,
  // A topic made after the sink was started is found soon.
  'topic.metadata.refresh.interval.ms': 5_000,
});
