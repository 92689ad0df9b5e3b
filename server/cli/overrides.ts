import { analytics_settings_schema } from '@plumbline/analytics';
import type { AnalyticsSettings } from '@plumbline/analytics';
import { ProblemError } from '@plumbline/contracts';
import { z } from 'zod';
import { problemsOf } from '../config/problems.js';

const schema = z.strictObject({ analytics: analytics_settings_schema });

/** `analytics.z_threshold=4` … as settings. @throws ProblemError with everything that is wrong at once. */
export function overridesOf(texts: readonly string[]): Partial<AnalyticsSettings> {
  const analytics: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const text of texts) {
    const [, path = text, value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const setting = /^analytics\.(.+)$/s.exec(path)?.[1];
    const number = value.trim() === '' ? value : Number(value);
    if (setting === undefined) others[path] = number;
    else analytics[setting] = number;
  }
  const checked = schema.safeParse({ analytics, ...others });
  if (!checked.success) throw new ProblemError(problemsOf(checked.error, schema, { where: '--set' }));
  // Not what was parsed: that has a default for everything that was not given.
  return analytics;
}
