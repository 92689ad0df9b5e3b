export { loadEngines } from './load.js';
