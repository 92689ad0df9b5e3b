import type { Features } from '@plumbline/contracts';
import type { FeatureRequest } from './extract.js';

export interface WorkerBatch {
  readonly batch: number;
  readonly requests: readonly FeatureRequest[];
}

export interface WorkerAnswer {
  readonly batch: number;
  readonly features: readonly Features[];
}

/** Handed to the worker at its start: one Int32 in which it writes the place of the request it is at. */
export interface WorkerData {
  readonly progress: SharedArrayBuffer;
}

/** Before the first request: parsers are being loaded. */
export const still_loading = -1;
