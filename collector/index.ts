export * from './bus/bus.js';
export * from './collect-once.js';
export * from './collector.js';
export * from './log.js';
export * from './outbox/open.js';
export * from './outbox/outbox.js';
export * from './sink/lag-report.js';
export * from './sink/sink.js';
