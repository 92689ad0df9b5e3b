import { utc } from '@plumbline/contracts/time';
import type { ViewRow, WorkloadAnswer } from '@plumbline/contracts';
import { askView } from '../data/askView';
import { callApi } from '../data/callApi';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { Section } from '../page/Section';
import type { Span } from '../page/useSpan';
import { When } from '../parts/When';
import type { Thresholds } from './classReasons';
import { Completeness } from './Completeness';
import { Compressed } from './Compressed';
import { HourMap } from './HourMap';
import { Shifts } from './Shifts';
import { stepOfBand } from './stepOfBand';
import { Turnover } from './Turnover';

interface Props {
  readonly instance_id: string;
  readonly span: Span;
}

const profile_days = 28;
const shift_days = 7;
const turnover_rows = 50;
const rarely_ms = 300_000;
/** Weeks do not change in half a minute, and asking for them costs the store more than the rest of the page. */
const rarely = ({ round }: Span): number => Math.floor(round / rarely_ms);
const daysBefore = ({ range }: Span, days: number) => utc(new Date(range.to.valueOf() - days * 86_400_000));

export function HoursSection({ instance_id, thresholds, span }: Props & { readonly thresholds: Thresholds }) {
  const loading = useLoaded(`${instance_id} ${span.key}`, rarely(span), () =>
    askView('workload_profile', {
      ...{ instance_id, database_name: '', from: daysBefore(span, profile_days), to: span.to },
    }),
  );
  return (
    <Section title="Load by hour of the week" hint={`${profile_days} days up to the end of the chosen range, in UTC`}>
      <LoadedView loading={loading}>
        {(rows) => <HourMap rows={rows} least_hours={thresholds.get('pattern_min_hours') ?? Infinity} />}
      </LoadedView>
    </Section>
  );
}

export function ShiftsSection({ instance_id, span }: Props) {
  const loading = useLoaded(`${instance_id} ${span.key}`, rarely(span), () =>
    askView('workload_shifts', {
      ...{ instance_id, database_name: '', from: daysBefore(span, shift_days), to: span.to },
    }),
  );
  return (
    <Section title="Shifts" hint={`The ${shift_days} days up to the end of the chosen range against the weeks before`}>
      <LoadedView loading={loading}>{(rows) => <Shifts rows={rows} />}</LoadedView>
    </Section>
  );
}

export function TurnoverSection({
  pattern,
  span,
}: {
  readonly pattern: ViewRow<'workload_pattern'>;
  readonly span: Span;
}) {
  const { instance_id, watched_since_at } = pattern;
  const { from, to } = span;
  const loading = useLoaded(`${instance_id} ${span.key}`, rarely(span), () =>
    askView('query_turnover', { instance_id, from, to, limit: turnover_rows }),
  );
  return (
    <Section title="New and vanished queries" hint={`In the chosen range, the ${turnover_rows} dearest of each`}>
      <LoadedView loading={loading}>
        {(rows) =>
          rows.length === 0 ? (
            <Nothing icon="check-circle" title="No query came or stayed away">
              It is watched since <When at={watched_since_at} />; before a week is known, nothing is called new.
            </Nothing>
          ) : (
            <Turnover rows={rows} />
          )
        }
      </LoadedView>
    </Section>
  );
}

export function CompletenessSection({ instance_id, span }: Props) {
  const { from, to } = span;
  const step_s = stepOfBand(span.range);
  const loading = useLoaded(`${instance_id} ${span.key}`, span.round, async () => {
    const [points, gaps] = await Promise.all([
      askView('workload_completeness', { instance_id, from, to, step_s }),
      askView('collection_gaps', { instance_id, from, to }),
    ]);
    return { points, gaps };
  });
  return (
    <Section title="Completeness" hint="How much of the server's own time the collected statements explain">
      <LoadedView loading={loading}>
        {({ points, gaps }) => <Completeness points={points} gaps={gaps} step_s={step_s} span={span} />}
      </LoadedView>
    </Section>
  );
}

export function CompressedSection({ instance_id, span }: Props) {
  const query = { from: span.range.from.toISOString(), until: span.range.to.toISOString() };
  const loading = useLoaded(`${instance_id} ${span.key}`, rarely(span), () =>
    callApi<WorkloadAnswer>({ path: `/instances/${encodeURIComponent(instance_id)}/workload`, query }),
  );
  return (
    <Section title="Representative queries" hint="The few that stand for the rest, for a test or an advisor">
      <LoadedView loading={loading}>{(workload) => <Compressed workload={workload} query={query} />}</LoadedView>
    </Section>
  );
}
