import { awrActivity } from './awr-activity.js';
import { byHistory } from './reading.js';
import { sessionActivity } from './session-activity.js';

/** What sessions did or waited for: ASH's own samples where licensed, else a sample of V$SESSION per reading. */
export const activity = byHistory({ awr: awrActivity, cursors: sessionActivity, statspack: sessionActivity });
