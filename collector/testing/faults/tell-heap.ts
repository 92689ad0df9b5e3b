import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Prints "heap BYTES" again and again: what is left of JavaScript's memory and its buffers when garbage is collected. */
export function tellHeap(every_ms: number): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  setInterval(() => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    process.stdout.write(`heap ${heapUsed + external}\n`);
  }, every_ms).unref();
}
