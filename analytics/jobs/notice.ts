import { noticeApplied } from '../advice/notice-applied.js';
import type { Job } from '../job.js';

/** Sees in the catalog that somebody carried out a recommendation by hand, and dates it so that it can be measured. */
const job = {
  name: 'notice',
  summary: 'Notices recommendations that were applied by hand',
  everySeconds: (settings) => settings.notice_every_s,
  async run(context, as_of) {
    const instances = await context.ask('instances_latest', { instance_id: '' });
    let written_rows = 0;
    for (const { instance_id } of instances) written_rows += await noticeApplied(context, instance_id, as_of);
    return { summary: `noticed ${written_rows} applied by hand`, written_rows };
  },
} satisfies Job;
export default job;
