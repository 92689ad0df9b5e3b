// What React 19 and Grafana's packages expect of a browser and jsdom has not.
const { TextDecoder, TextEncoder } = require('node:util');
const { MessageChannel: NodeMessageChannel } = require('node:worker_threads');
const { ReadableStream, TransformStream, WritableStream } = require('node:stream/web');

/** Ports keep the process alive unless told not to, and again with each listener; then jest would never end. */
class MessageChannel extends NodeMessageChannel {
  constructor() {
    super();
    for (const port of [this.port1, this.port2]) {
      port.unref();
      port.ref = () => undefined;
    }
  }
}

class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}

for (const [name, value] of Object.entries({
  TextDecoder,
  TextEncoder,
  MessageChannel,
  ReadableStream,
  TransformStream,
  WritableStream,
  IntersectionObserver: Observer,
  ResizeObserver: Observer,
})) {
  if (globalThis[name] === undefined)
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
