import type { AspectName, AspectSpec } from '@plumbline/contracts';

/** What is collected, how often, and what one reading may cost the source. */
export const aspects: readonly AspectSpec[] = [
  {
    name: 'statements',
    summary: 'What every statement of every schema did since the last reading',
    interval_s: 60,
    budget_ms: 1_000,
    budget_rows: 50_000,
    reads: [
      'events_statements_summary_by_digest',
      'events_statements_histogram_by_digest (MySQL)',
      'setup_consumers',
      'setup_instruments',
    ],
    needs: 'performance_schema = ON (off by default in MariaDB), SELECT ON performance_schema.*',
  },
];

export const aspectNames: readonly AspectName[] = aspects.map(({ name }) => name);
