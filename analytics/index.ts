export type { AnalyticsSettings } from './settings.js';
export { analytics_settings_schema } from './settings.js';
export type { Job, JobContext, JobReport } from './job.js';
export { loadJobs } from './jobs/index.js';
