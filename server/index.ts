export { startApi } from './api/app.js';
export { loadConfig } from './config/load.js';
export type { Config, ConfigInput } from './config/schema.js';
export { runServer } from './run.js';
export type { RunOptions, RunningServer } from './run.js';
