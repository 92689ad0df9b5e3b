import type { Regression } from '@plumbline/contracts';
import { Alert, Stack } from '@grafana/ui';
import { askView } from '../data/askView';
import { parsePayload } from '../data/parsePayload';
import { useLoaded } from '../data/useLoaded';
import { formatDuration, formatSeconds, significant } from '../format/formatDuration';
import { formatRatio, formatShare } from '../format/formatRatio';
import { LoadedView } from '../page/LoadedView';
import { Section } from '../page/Section';
import type { RegressionRow } from '../Overview/rankRegressions';
import { SeverityBadge, StateBadge } from '../parts/badges';
import { FactList } from '../parts/FactList';
import { HistoryList } from '../parts/HistoryList';
import { NoteBox, type NoteAction } from '../parts/NoteBox';
import { ProblemNote } from '../parts/ProblemNote';
import { useAnswer } from '../parts/useAnswer';
import { When } from '../parts/When';

const acknowledge: NoteAction = { kind: 'acknowledged', label: 'Acknowledge', variant: 'primary' };
const resolve: NoteAction = { kind: 'resolved', label: 'Resolve' };
const opt_out: NoteAction = { kind: 'opted_out', label: 'Never judge this query', needs_note: true };
const opt_in: NoteAction = { kind: 'opted_in', label: 'Judge this query again', variant: 'primary' };
const actions: Readonly<Record<RegressionRow['state'], readonly NoteAction[]>> = {
  open: [acknowledge, resolve, opt_out],
  acknowledged: [resolve, opt_out],
  resolved: [opt_out],
  opted_out: [opt_in],
};

interface Props {
  readonly row: RegressionRow;
  readonly round: number;
  readonly onAnswered: () => void;
}

/** Why this query counts as worse, in figures that can be checked, and what people said to it. */
export function RegressionFacts({ row, round, onAnswered }: Props) {
  const { is_sending, error, send } = useAnswer(onAnswered);
  const regression = parsePayload<Regression>(row.payload);
  return (
    <Section
      title="Regression"
      actions={
        <Stack direction="row" gap={1}>
          <SeverityBadge severity={row.severity} />
          <StateBadge state={row.state} />
        </Stack>
      }
    >
      <Alert severity={row.state === 'open' ? 'warning' : 'info'} title={row.cause_sentence || 'No cause was found.'} />
      {regression && <FactList facts={factsOf(regression)} />}
      <div style={{ marginTop: 16 }}>
        <ProblemNote error={error} />
        <NoteBox
          actions={actions[row.state] ?? []}
          is_sending={is_sending}
          placeholder="What you know about it, for whoever looks next"
          onAct={(kind, note) =>
            send({
              method: 'POST',
              path: `/regressions/${encodeURIComponent(row.regression_id)}/events`,
              body: { kind, note },
            })
          }
        />
      </div>
      <History regression_id={row.regression_id} round={round} />
    </Section>
  );
}

function History({ regression_id, round }: { readonly regression_id: string; readonly round: number }) {
  const loading = useLoaded(regression_id, round, () => askView('regression_history', { regression_id }));
  return (
    <div style={{ marginTop: 16 }}>
      <LoadedView loading={loading}>{(entries) => <HistoryList entries={entries} />}</LoadedView>
    </div>
  );
}

const factsOf = (regression: Regression) =>
  [
    [
      'Onset',
      <>
        <When at={regression.onset_after} is_exact /> to <When at={regression.onset_at} is_exact />
      </>,
    ],
    [
      'Mean per run',
      `${formatDuration(regression.baseline_mean_us)} before, ${formatDuration(regression.current_mean_us)} now`,
    ],
    ['Effect', formatRatio(regression.effect_ratio)],
    ['Lost', `${formatSeconds(regression.extra_seconds_per_day)} per day`],
    ['Share of the instance', formatShare(regression.share_of_instance_time)],
    ['z-score', significant(regression.z_score)],
    ['Baseline', regression.baseline_scope.replace(/_/g, ' ')],
  ] as const;
