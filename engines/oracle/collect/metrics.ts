import { awrMetrics } from './awr-metrics.js';
import { byHistory } from './reading.js';
import { liveMetrics } from './live-metrics.js';

/** What the whole server did, and its restarts. */
export const metrics = byHistory({ awr: awrMetrics, cursors: liveMetrics, statspack: liveMetrics });
