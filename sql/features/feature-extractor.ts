import type { Dialect, Features, Template } from '@plumbline/contracts';
import { dialects } from '@plumbline/contracts';
import { LRUCache } from 'lru-cache';
import { normalize, type Normalized } from '../normalize.js';
import { extractor_version, featuresWithoutParser, needsParser, type FeatureRequest } from './extract.js';
import { ParserWorker } from './parser-worker.js';

export interface FeatureExtractorOptions {
  readonly workers?: number;
  /** A statement that keeps its worker busy for this long is given up and not tried again. */
  readonly watchdog_ms?: number;
  readonly cache_entries?: number;
  readonly batch_size?: number;
}

interface Job {
  readonly key: string;
  readonly request: FeatureRequest;
  readonly resolve: (features: Features) => void;
}

/** After so many deaths while starting, statements get the rungs that need no parser. */
const max_failed_starts = 3;

/**
 * Features of templates, by parsers in worker threads. Never rejects: a statement that no parser takes, or that killed
 * its worker, gets what can be told without one. Call it once per new template, not per event; the cache helps out.
 */
export class FeatureExtractor {
  private readonly idle: ParserWorker[];
  private readonly workers: readonly ParserWorker[];
  private readonly cache: LRUCache<string, Features>;
  private readonly pending = new Map<string, Promise<Features>>();
  private readonly queue: Job[] = [];
  private readonly quarantine = new Set<string>();
  private readonly batch_size: number;
  private failed_starts = 0;
  private is_closed = false;

  constructor(options: FeatureExtractorOptions = {}) {
    const { workers = 1, watchdog_ms = 2_000, cache_entries = 20_000, batch_size = 100 } = options;
    this.workers = Array.from({ length: workers }, () => new ParserWorker(watchdog_ms));
    this.idle = [...this.workers];
    this.batch_size = batch_size;
    this.cache = new LRUCache({ max: cache_entries });
  }

  /** How many templates killed a worker and will not be parsed again. */
  get quarantined(): number {
    return this.quarantine.size;
  }

  /** Loads the parsers ahead, so that the first real statement does not wait for them. */
  async warmUp(wanted: readonly Dialect[] = dialects): Promise<void> {
    await Promise.all(
      this.workers.flatMap((_, worker) =>
        wanted.map((dialect) => this.features(normalize(`select a from warm_up_${worker}`, dialect), dialect)),
      ),
    );
  }

  /** @param raw the source's own text, tried when the parser refuses the template; it stays in this process */
  features(template: Template, dialect: Dialect, raw?: string): Promise<Features> {
    const key = `${dialect} ${template.query_hash} ${extractor_version}`;
    const known = this.cache.get(key);
    if (known) return Promise.resolve(known);
    const running = this.pending.get(key);
    if (running) return running;
    const request = requestOf(template, dialect, raw);
    if (this.is_closed || this.quarantine.has(key) || !needsParser(request)) {
      return Promise.resolve(this.remember(key, featuresWithoutParser(request)));
    }
    const promise = new Promise<Features>((resolve) => this.queue.push({ key, request, resolve }));
    this.pending.set(key, promise);
    // Later, so that statements asked for together travel together.
    queueMicrotask(() => this.dispatch());
    return promise;
  }

  /** Ends the threads. What was still waiting is answered without a parser. */
  async close(): Promise<void> {
    this.is_closed = true;
    await Promise.all(this.workers.map((worker) => worker.close()));
    for (const job of this.queue.splice(0)) this.answer(job, featuresWithoutParser(job.request));
  }

  private dispatch(): void {
    if (this.is_closed) return;
    while (this.queue.length > 0) {
      const worker = this.idle.pop();
      if (!worker) return;
      void this.run(worker, this.queue.splice(0, this.batch_size));
    }
  }

  private async run(worker: ParserWorker, jobs: readonly Job[]): Promise<void> {
    const outcome = await worker.run(jobs.map((job) => job.request));
    if (outcome.kind === 'died') this.afterDeath(jobs, outcome.guilty);
    else {
      this.failed_starts = 0;
      jobs.forEach((job, place) => this.settle(job, outcome.features[place] ?? featuresWithoutParser(job.request)));
    }
    this.idle.push(worker);
    this.dispatch();
  }

  private afterDeath(jobs: readonly Job[], guilty: number): void {
    if (guilty < 0) this.failed_starts++;
    const gives_up = this.is_closed || this.failed_starts >= max_failed_starts;
    jobs.forEach((job, place) => {
      if (place === guilty) this.quarantine.add(job.key);
      if (place === guilty) this.settle(job, featuresWithoutParser(job.request));
      else if (gives_up) this.answer(job, featuresWithoutParser(job.request));
      else this.queue.push(job);
    });
  }

  private settle(job: Job, features: Features): void {
    this.remember(job.key, features);
    this.answer(job, features);
  }

  private answer(job: Job, features: Features): void {
    this.pending.delete(job.key);
    job.resolve(features);
  }

  private remember(key: string, features: Features): Features {
    this.cache.set(key, features);
    return features;
  }
}

function requestOf(template: Template, dialect: Dialect, raw: string | undefined): FeatureRequest {
  const { statement_class, is_truncated } = template;
  const rendered = hasRender(template) ? template.render() : normalize(template.template, dialect).render();
  return { dialect, statement_class, is_truncated, rendered, raw };
}

const hasRender = (template: Template): template is Normalized =>
  'render' in template && typeof template.render === 'function';
