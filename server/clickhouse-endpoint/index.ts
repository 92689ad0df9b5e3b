export { startClickHouseEndpoint } from './endpoint.js';
export type { ClickHouseEndpoint, EndpointOptions } from './endpoint.js';
export { default_limits } from './settings-gate.js';
export type { EndpointLimits } from './settings-gate.js';
