import type {
  Measurement,
  Recommendation,
  RecommendationState,
  RegressionState,
  Severity,
  Verdict,
} from '@plumbline/contracts';
import { Badge, type BadgeColor, type IconName } from '@grafana/ui';

type Look = readonly [color: BadgeColor, text: string, icon?: IconName];

const severities: Readonly<Record<Severity, Look>> = {
  critical: ['red', 'Critical', 'exclamation-circle'],
  warning: ['orange', 'Warning', 'exclamation-triangle'],
  info: ['blue', 'Info', 'info-circle'],
};
const states: Readonly<Record<RegressionState | RecommendationState, Look>> = {
  open: ['red', 'Open'],
  acknowledged: ['orange', 'Acknowledged'],
  resolved: ['green', 'Resolved', 'check'],
  opted_out: ['darkgrey', 'Opted out'],
  proposed: ['blue', 'Proposed'],
  accepted: ['purple', 'Accepted', 'check'],
  dismissed: ['darkgrey', 'Dismissed', 'times'],
  started: ['purple', 'Started', 'play'],
  applied: ['green', 'Applied', 'check'],
  withdrawn: ['darkgrey', 'Withdrawn'],
};
const verdicts: Readonly<Record<Verdict, Look>> = {
  improved: ['green', 'Improved', 'arrow-down'],
  worse: ['red', 'Worse', 'arrow-up'],
  not_distinguishable: ['darkgrey', 'Not distinguishable', 'minus'],
  measuring: ['blue', 'Measuring…', 'clock-nine'],
};
const proofs: Readonly<Record<Recommendation['proof'], Look & { readonly length: 2 | 3 }>> = {
  what_if: ['green', 'Proven by what-if plan', 'check-circle'],
  not_proven: ['darkgrey', 'Not proven', 'question-circle'],
};

/** A value this version does not know is shown as it is, never dropped. */
function look(looks: Readonly<Record<string, Look>>, value: string): Look {
  return looks[value] ?? ['darkgrey', value];
}

function LookBadge({
  looks,
  value,
  tooltip,
}: {
  looks: Readonly<Record<string, Look>>;
  value: string;
  tooltip?: string | undefined;
}) {
  const [color, text, icon] = look(looks, value);
  return <Badge color={color} text={text} {...(icon ? { icon } : {})} {...(tooltip ? { tooltip } : {})} />;
}

export const SeverityBadge = ({ severity }: { readonly severity: string }) => (
  <LookBadge looks={severities} value={severity} />
);
export const StateBadge = ({ state }: { readonly state: string }) => <LookBadge looks={states} value={state} />;
export const VerdictBadge = ({ verdict }: { readonly verdict: Measurement['verdict'] | string }) =>
  verdict === '' ? null : <LookBadge looks={verdicts} value={verdict} />;
export const ProofBadge = ({ proof, note }: { readonly proof: string; readonly note?: string }) => (
  <LookBadge looks={proofs} value={proof} tooltip={note} />
);
