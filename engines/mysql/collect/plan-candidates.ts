import { isOwn, marker } from '../own-statements.js';
import { rawText, statement, type Query, type ServerFacts } from '../source.js';
import type { Reading } from './reading.js';
import { templateOf } from './texts.js';

/** One statement whose plan may be asked for, with values in it: the sample never leaves this folder. */
export interface Candidate {
  readonly query_hash: string;
  /** '' when its session had no default schema. */
  readonly schema_name: string;
  readonly sample: string;
  /** Since the digest was first seen; 0 for one that is only seen running. */
  readonly timer_ps: bigint;
}

/** Candidates read for each plan asked: the costliest since the start need not be the costliest now. */
const candidates_per_plan = 10;

/** Those with a sample in performance_schema, and on MariaDB those that run at this moment, which keeps none by default. */
export async function readCandidates(query: Query, reading: Reading): Promise<Candidate[]> {
  const { facts } = reading.source;
  const sampled = facts.has_performance_schema ? await readSampled(query, facts, reading) : [];
  const running = facts.family === 'mariadb' ? await readRunning(query, reading) : [];
  const known = new Set(sampled.map(({ query_hash }) => query_hash));
  return [...sampled, ...running.filter(({ query_hash }) => !known.has(query_hash))];
}

async function readSampled(query: Query, facts: ServerFacts, reading: Reading): Promise<Candidate[]> {
  const sql = statement(`plan-candidates-${facts.family}.sql`)
    .replaceAll('{{limit}}', String(reading.options.plans_per_reading * candidates_per_plan))
    .replaceAll('{{longest_bytes}}', String(facts.longest_sample_bytes));
  return (await query(sql)).flatMap((row) => {
    const template = templateOf(row.text('digest_text'), reading);
    if (isOwn(template.template) || row.text('sample') === '') return [];
    const timer_ps = row.whole('timer_ps');
    return [
      { query_hash: template.query_hash, schema_name: row.text('schema_name'), sample: row.text('sample'), timer_ps },
    ];
  });
}

async function readRunning(query: Query, reading: Reading): Promise<Candidate[]> {
  return (await query(statement('activity-mariadb.sql'))).flatMap((row) => {
    const sample = row.text('text');
    if (sample === '' || sample.startsWith(marker)) return [];
    const { query_hash } = reading.tools.template(rawText(sample, reading.source.facts));
    return [{ query_hash, schema_name: row.text('database_name'), sample, timer_ps: 0n }];
  });
}
