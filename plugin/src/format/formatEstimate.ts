import type { Estimate } from '@plumbline/contracts';
import { formatSeconds } from './formatDuration';

/** An estimate is never a bare number: "48 s/day (12 s to 1.5 min)". */
export const formatSavedPerDay = ({ value, low, high }: Estimate): string =>
  `${formatSeconds(value)}/day (${formatSeconds(low)} to ${formatSeconds(high)})`;
