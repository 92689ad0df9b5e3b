import { Worker } from 'node:worker_threads';
import type { Features } from '@plumbline/contracts';
import type { FeatureRequest } from './extract.js';
import { still_loading, type WorkerAnswer, type WorkerBatch, type WorkerData } from './worker-messages.js';

/** How a batch ended: answered, or the worker died at the request `guilty` (-1: while it was starting). */
export type BatchOutcome =
  | { readonly kind: 'answered'; readonly features: readonly Features[] }
  | { readonly kind: 'died'; readonly guilty: number };

/** Loading the parsers may take long on a busy machine; it is no hang. */
const loading_limit_ms = 60_000;

/** One worker thread, started at the first batch and again after a death. One batch at a time. */
export class ParserWorker {
  private worker: Worker | null = null;
  private progress = new Int32Array(new SharedArrayBuffer(4));
  private batch = 0;
  private finish: ((outcome: BatchOutcome) => void) | null = null;
  private watchdog: NodeJS.Timeout | null = null;

  constructor(private readonly watchdog_ms: number) {}

  run(requests: readonly FeatureRequest[]): Promise<BatchOutcome> {
    const worker = this.worker ?? this.start();
    Atomics.store(this.progress, 0, still_loading);
    const message: WorkerBatch = { batch: ++this.batch, requests };
    return new Promise((resolve) => {
      this.finish = resolve;
      worker.ref();
      worker.postMessage(message);
      this.watch(still_loading, Date.now());
    });
  }

  async close(): Promise<void> {
    const { worker } = this;
    this.end({ kind: 'died', guilty: still_loading });
    this.worker = null;
    await worker?.terminate();
  }

  private start(): Worker {
    const shared = new SharedArrayBuffer(4);
    this.progress = new Int32Array(shared);
    const workerData: WorkerData = { progress: shared };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
    worker.on('message', (answer: WorkerAnswer) => {
      if (answer.batch === this.batch) this.end({ kind: 'answered', features: answer.features });
    });
    worker.on('error', () => this.died(worker));
    worker.on('exit', () => this.died(worker));
    this.worker = worker;
    return worker;
  }

  /** A request that stays the same one for the whole period is taken for hung. */
  private watch(seen: number, since: number): void {
    this.watchdog = setTimeout(() => {
      const here = Atomics.load(this.progress, 0);
      const is_same = here === seen;
      const limit = here === still_loading ? loading_limit_ms : this.watchdog_ms;
      if (is_same && Date.now() - since >= limit) this.died(this.worker);
      else this.watch(here, is_same ? since : Date.now());
    }, this.watchdog_ms / 8);
  }

  private died(worker: Worker | null): void {
    if (!worker || worker !== this.worker) return;
    this.worker = null;
    void worker.terminate();
    this.end({ kind: 'died', guilty: Atomics.load(this.progress, 0) });
  }

  private end(outcome: BatchOutcome): void {
    if (this.watchdog) clearTimeout(this.watchdog);
    this.watchdog = null;
    this.worker?.unref();
    const { finish } = this;
    this.finish = null;
    finish?.(outcome);
  }
}
