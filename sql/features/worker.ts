import { parentPort, workerData } from 'node:worker_threads';
import type { Features } from '@plumbline/contracts';
import { extractFeatures } from './extract.js';
import { loadParser } from './parsers.js';
import type { WorkerAnswer, WorkerBatch, WorkerData } from './worker-messages.js';

/** Runs parsers where they may hang or crash without harm: the pool ends this thread and starts another. */
const progress = new Int32Array((workerData as WorkerData).progress);

parentPort?.on('message', (message: WorkerBatch) => {
  void answer(message);
});

async function answer({ batch, requests }: WorkerBatch): Promise<void> {
  const parsers = await Promise.all(requests.map((request) => loadParser(request.dialect)));
  const features: Features[] = [];
  for (const [place, request] of requests.entries()) {
    const parse = parsers[place];
    if (!parse) continue;
    Atomics.store(progress, 0, place);
    features.push(extractFeatures(request, parse));
  }
  const reply: WorkerAnswer = { batch, features };
  parentPort?.postMessage(reply);
}
