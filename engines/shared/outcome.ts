import type { AspectOutcome } from '@plumbline/contracts';

/** An answer with a gap. */
export const degraded = (message: string, fix: string): AspectOutcome => ({ state: 'degraded', message, fix });
/** A grant is missing. */
export const denied = (message: string, fix: string): AspectOutcome => ({ state: 'denied', message, fix });
