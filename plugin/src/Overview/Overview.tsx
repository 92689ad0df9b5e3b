import type { Measurement, ViewRow } from '@plumbline/contracts';
import { TextLink } from '@grafana/ui';
import { pagePath, recommendationPath } from '../App/paths';
import { askView } from '../data/askView';
import { parsePayload } from '../data/parsePayload';
import { useLoaded } from '../data/useLoaded';
import { formatHands } from '../format/formatHands';
import { formatSeconds } from '../format/formatDuration';
import { formatSavedPerDay } from '../format/formatEstimate';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { useInstanceChoice } from '../page/useInstanceChoice';
import { useKeptLink } from '../page/useKeptLink';
import { useSpan } from '../page/useSpan';
import { VerdictBadge } from '../parts/badges';
import { Figures } from '../parts/Figures';
import { LoadPanel } from '../series/LoadPanel';
import { FleetTable } from './FleetTable';
import { rankRegressions, type RecommendationRow, type RegressionRow } from './rankRegressions';
import { WorseningCard } from './WorseningCard';

const shown_at_most = 5;

interface Facts {
  readonly fleet: readonly ViewRow<'fleet'>[];
  readonly regressions: readonly RegressionRow[];
  readonly recommendations: readonly RecommendationRow[];
}

export default function Overview() {
  const span = useSpan();
  const [instance_id] = useInstanceChoice();
  const { from, to } = span;
  const loading = useLoaded<Facts>(`${instance_id} ${span.key}`, span.round, async () => {
    const [fleet, regressions, recommendations] = await Promise.all([
      askView('fleet', { from, to }),
      askView('regressions_latest', { instance_id, state: 'open' }),
      askView('recommendations_latest', { instance_id, state: '' }),
    ]);
    return {
      fleet: fleet.filter((row) => instance_id === '' || row.instance_id === instance_id),
      regressions,
      recommendations,
    };
  });
  return (
    <PageFrame page="overview" title="Overview" subtitle="What got worse, since when, why, and what to do" span={span}>
      <LoadedView loading={loading}>
        {(facts) => (
          <>
            <Headline {...facts} />
            <Worsenings {...facts} />
            <Outcomes recommendations={facts.recommendations} />
            <Section title="Load" hint="Statements running at once, on average">
              <LoadPanel instance_id={instance_id} span={span} />
            </Section>
            <Section title="Instances">
              {facts.fleet.length === 0 ? <NoInstances /> : <FleetTable rows={facts.fleet} />}
            </Section>
          </>
        )}
      </LoadedView>
    </PageFrame>
  );
}

function Headline({ fleet, regressions, recommendations }: Facts) {
  const lost = regressions.reduce((sum, row) => sum + row.extra_seconds_per_day, 0);
  const waiting = recommendations.filter(({ state }) => ['proposed', 'accepted', 'started'].includes(state));
  const could_save = waiting.reduce((sum, row) => sum + Math.max(0, row.saved_seconds_per_day ?? 0), 0);
  const saved = measuredOf(recommendations)
    .filter(({ measurement }) => measurement.verdict === 'improved')
    .reduce((sum, { measurement }) => sum + measurement.saved_seconds_per_day.value, 0);
  const sick = fleet.reduce((sum, row) => sum + row.aspects_not_ok, 0);
  return (
    <Figures
      figures={[
        {
          label: 'Open regressions',
          value: regressions.length,
          tone: regressions.length > 0 ? 'bad' : 'good',
          hint: `${fleet.length} ${fleet.length === 1 ? 'instance' : 'instances'} watched`,
        },
        {
          label: 'Lost to them',
          value: `${formatSeconds(lost)}/day`,
          tone: lost > 0 ? 'bad' : 'plain',
          hint: 'database time above the baselines',
        },
        { label: 'Advice waiting', value: waiting.length, hint: `could save ${formatSeconds(could_save)} a day` },
        {
          label: 'Saved by applied advice',
          value: `${formatSeconds(saved)}/day`,
          tone: saved > 0 ? 'good' : 'plain',
          hint: 'measured against control queries',
        },
        {
          label: 'Collection',
          value: sick === 0 ? 'all well' : formatHands(sick),
          tone: sick === 0 ? 'good' : 'bad',
          hint: 'things read from the servers',
        },
      ]}
    />
  );
}

function Worsenings({ regressions, recommendations }: Facts) {
  const link = useKeptLink();
  const all = rankRegressions(regressions, recommendations);
  const more = all.length - shown_at_most;
  return (
    <Section
      title="What got worse"
      actions={
        <TextLink href={link(pagePath('regressions'))}>{more > 0 ? `All, ${more} more` : 'All regressions'}</TextLink>
      }
    >
      {all.length === 0 && (
        <Nothing icon="check-circle" title="Nothing is worse than its baseline">
          Every query with enough history runs as it used to.
        </Nothing>
      )}
      {all.slice(0, shown_at_most).map((worsening) => (
        <WorseningCard key={worsening.regression.regression_id} worsening={worsening} />
      ))}
    </Section>
  );
}

const measuredOf = (recommendations: readonly RecommendationRow[]) =>
  recommendations.flatMap((row) => {
    const measurement = parsePayload<Measurement>(row.measurement);
    return measurement === undefined ? [] : [{ row, measurement }];
  });

function Outcomes({ recommendations }: Pick<Facts, 'recommendations'>) {
  const link = useKeptLink();
  const measured = measuredOf(recommendations);
  if (measured.length === 0) return null;
  return (
    <Section title="Did it work?" hint="Before and after, control queries taken out">
      {measured.slice(0, shown_at_most).map(({ row, measurement }) => (
        <div key={row.recommendation_id} data-testid="outcome">
          <VerdictBadge verdict={measurement.verdict} />{' '}
          <TextLink href={link(recommendationPath(row.recommendation_id))}>{row.title}</TextLink>
          {measurement.verdict !== 'measuring' && <> saved {formatSavedPerDay(measurement.saved_seconds_per_day)}</>}
        </div>
      ))}
    </Section>
  );
}

function NoInstances() {
  const link = useKeptLink();
  return (
    <Nothing icon="database" title="No instance has reported in this time">
      Add one on the <TextLink href={link(pagePath('instances'))}>Instances</TextLink> page, or choose a longer time
      range.
    </Nothing>
  );
}
