import { bytesText } from '../../advisors/evidence.js';
import type { PlanRule } from './issue.js';

/** A sort, hash or aggregate went to temporary files because its memory did not suffice. */
export const spill: PlanRule = {
  kind: 'spill',
  judge({ node }, { limits }) {
    const spilled_bytes = node.actual?.spilled_bytes ?? null;
    if (spilled_bytes !== null) {
      if (spilled_bytes < limits.plan_min_spilled_bytes) return undefined;
      return {
        sentence: `${node.native_operator} wrote ${bytesText(spilled_bytes)} of temporary files.`,
        figures: { spilled_bytes },
      };
    }
    const warning = node.warnings?.find(({ kind }) => kind === 'spill');
    return warning && { sentence: `${node.native_operator} went to temporary files: ${warning.text}.`, figures: {} };
  },
};
