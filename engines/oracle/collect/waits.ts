import { awrWaits } from './awr-waits.js';
import { eventWaits } from './event-waits.js';
import { byHistory } from './reading.js';

/** Every wait that foreground sessions made, counted and timed by the server itself: totals, not samples. */
export const waits = byHistory({ awr: awrWaits, cursors: eventWaits, statspack: eventWaits });
