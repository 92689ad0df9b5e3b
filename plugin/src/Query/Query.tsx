import type { ViewRow } from '@plumbline/contracts';
import { useParams, useSearchParams } from 'react-router-dom';
import { queryPath } from '../App/paths';
import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { adviceFor, type RecommendationRow, type RegressionRow } from '../Overview/rankRegressions';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { useSpan, type Span } from '../page/useSpan';
import { CodeBlock } from '../parts/CodeBlock';
import { Columns } from '../parts/Columns';
import { FactList } from '../parts/FactList';
import { When } from '../parts/When';
import { RecommendationTable } from '../Recommendations/RecommendationTable';
import { CallsPanel } from '../series/CallsPanel';
import { QueryBand } from '../series/QueryBand';
import { Plans } from './Plans';
import { RegressionFacts } from './RegressionFacts';
import { Waits } from './Waits';

/** A chosen regression if the link names one, else the open one, else the newest. */
export function regressionOf(rows: readonly RegressionRow[], regression_id: string | null): RegressionRow | undefined {
  const newest_first = [...rows].sort((a, b) => b.onset_at.localeCompare(a.onset_at));
  return (
    rows.find((row) => row.regression_id === regression_id) ??
    newest_first.find((row) => row.state === 'open') ??
    newest_first[0]
  );
}

export default function Query() {
  const { instance_id = '', query_hash = '' } = useParams();
  const [search] = useSearchParams();
  const span = useSpan();
  const { from, to } = span;
  const loading = useLoaded(`${instance_id} ${query_hash} ${span.key}`, span.round, async () => {
    const [summary, regressions, recommendations, waits] = await Promise.all([
      askView('query_summary', { instance_id, query_hash }),
      askView('regressions_latest', { instance_id, state: '' }),
      askView('recommendations_latest', { instance_id, state: '' }),
      askView('query_waits', { instance_id, query_hash, from, to }),
    ]);
    const own = regressions.filter((row) => row.query_hash === query_hash);
    return {
      summary: summary[0],
      own,
      advice: adviceFor(ofQuery(own, instance_id, query_hash), recommendations),
      waits,
    };
  });
  return (
    <PageFrame
      page="queries"
      title={`Query ${query_hash}`}
      subtitle={instance_id}
      path={queryPath(instance_id, query_hash)}
      parent_title="Queries"
      span={span}
      has_instance={false}
    >
      <LoadedView loading={loading}>
        {(facts) => (
          <Whole
            {...facts}
            regression_id={search.get('regression')}
            instance_id={instance_id}
            query_hash={query_hash}
            span={span}
          />
        )}
      </LoadedView>
    </PageFrame>
  );
}

/** Advice may be about a query that never regressed: then it is looked up by the query alone. */
const ofQuery = (own: readonly RegressionRow[], instance_id: string, query_hash: string): readonly RegressionRow[] =>
  own.length > 0 ? own : [{ regression_id: '', instance_id, query_hash } as RegressionRow];

interface WholeProps {
  readonly summary: ViewRow<'query_summary'> | undefined;
  readonly own: readonly RegressionRow[];
  readonly advice: RecommendationRow | undefined;
  readonly waits: readonly ViewRow<'query_waits'>[];
  readonly regression_id: string | null;
  readonly instance_id: string;
  readonly query_hash: string;
  readonly span: Span;
}

function Whole({ summary, own, advice, waits, regression_id, instance_id, query_hash, span }: WholeProps) {
  if (summary === undefined)
    return (
      <Nothing title="This query is not known">
        It was never seen on {instance_id}, or its text is older than the retention.
      </Nothing>
    );
  const regression = regressionOf(own, regression_id);
  const mark = regression && { name: 'change', at: regression.onset_at };
  return (
    <>
      <CodeBlock text={summary.template} label="query text" />
      <Section title="Over time">
        <QueryBand instance_id={instance_id} query_hash={query_hash} span={span} mark={mark} />
        <CallsPanel instance_id={instance_id} query_hash={query_hash} span={span} />
      </Section>
      {advice && (
        <Section title="What to do">
          <RecommendationTable rows={[advice]} />
        </Section>
      )}
      <Columns>
        <div>
          {regression ? (
            <RegressionFacts row={regression} round={span.round} onAnswered={span.refresh} />
          ) : (
            <Section title="Regression">
              <Nothing icon="check-circle" title="It never left its baseline" />
            </Section>
          )}
        </div>
        <div>
          <Section title="Waits" hint="Sampled">
            <Waits rows={waits} />
          </Section>
          <Section title="About it">
            <FactList
              facts={[
                ['Kind', summary.statement_class],
                ['Databases', summary.database_names.join(', ')],
                ['First seen', <When key="first" at={summary.first_seen_at} />],
                ['Last seen', <When key="last" at={summary.last_seen_at} />],
                ['Text', summary.is_truncated ? 'cut off by the server' : 'whole'],
              ]}
            />
          </Section>
        </div>
      </Columns>
      <Plans instance_id={instance_id} query_hash={query_hash} round={span.round} />
    </>
  );
}
