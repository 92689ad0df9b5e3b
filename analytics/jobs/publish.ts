import { encodeRow, utc, type ThresholdRow } from '@plumbline/contracts';
import type { Job } from '../job.js';
import { analytics_settings_schema, type AnalyticsSettings } from '../settings.js';

/** Tells the store by which thresholds is judged, for the views that judge by them and for those who read them. */
const job = {
  name: 'publish',
  summary: 'Publishes the thresholds in force for the views that judge by them',
  everySeconds: (settings) => settings.publish_every_s,
  async run(context, as_of) {
    const known = await context.ask('analytics_thresholds_latest', {});
    const values = new Map(known.map(({ name, value }) => [name, value]));
    const rows = thresholdRows(context.settings, as_of).filter(({ name, value }) => values.get(name) !== value);
    if (rows.length > 0) {
      const lines = rows.map(encodeRow).join('\n');
      await context.store.insert('analytics_thresholds', lines, { token: `thresholds:${utc(as_of)}` });
    }
    return { summary: `published ${rows.length} changed thresholds`, written_rows: rows.length };
  },
} satisfies Job;
export default job;

function thresholdRows(settings: AnalyticsSettings, as_of: Date): readonly ThresholdRow[] {
  return Object.entries(analytics_settings_schema.shape).flatMap(([name, schema]) => {
    const value = settings[name as keyof AnalyticsSettings];
    // A list, as of quiet days, is no threshold.
    if (typeof value !== 'number') return [];
    return { name, value, unit: String(schema.meta()?.['unit'] ?? ''), published_at: utc(as_of) };
  });
}
