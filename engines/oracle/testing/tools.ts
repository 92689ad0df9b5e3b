import { advancingTools, type AdvancingTools } from '../../testing/collect-tools.js';

/** What the collector lends an engine, with a clock that only moves when told. */
export const collectTools = (): AdvancingTools => advancingTools('oracle', () => Date.parse('2026-11-01T12:00:00Z'));
