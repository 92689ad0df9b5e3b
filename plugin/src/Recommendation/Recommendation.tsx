import { useParams } from 'react-router-dom';
import type { Measurement, Recommendation as Advice, ViewRow } from '@plumbline/contracts';
import { Alert, Stack } from '@grafana/ui';
import { recommendationPath } from '../App/paths';
import { askView } from '../data/askView';
import { parsePayload } from '../data/parsePayload';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { useSpan } from '../page/useSpan';
import { ProofBadge, SeverityBadge, StateBadge, VerdictBadge } from '../parts/badges';
import { CodeBlock } from '../parts/CodeBlock';
import { Columns } from '../parts/Columns';
import { HistoryList } from '../parts/HistoryList';
import { Answers } from './Answers';
import { BeforeAfter } from './BeforeAfter';
import { Evidence } from './Evidence';
import { Worth } from './Worth';

type Row = ViewRow<'recommendations_latest'>;
type History = readonly ViewRow<'recommendation_history'>[];

export default function Recommendation() {
  const { recommendation_id = '' } = useParams();
  const span = useSpan();
  const loading = useLoaded(recommendation_id, span.round, async () => {
    const [rows, history] = await Promise.all([
      askView('recommendations_latest', { instance_id: '', state: '' }),
      askView('recommendation_history', { recommendation_id }),
    ]);
    return { row: rows.find((row) => row.recommendation_id === recommendation_id), history };
  });
  const title =
    loading.loaded.state === 'ready' ? (loading.loaded.value.row?.title ?? 'Recommendation') : 'Recommendation';
  return (
    <PageFrame
      page="recommendations"
      title={title}
      path={recommendationPath(recommendation_id)}
      parent_title="Recommendations"
      span={span}
      has_time={false}
      has_instance={false}
    >
      <LoadedView loading={loading}>
        {({ row, history }) => {
          const advice = row && parsePayload<Advice>(row.payload);
          if (row === undefined || advice === undefined)
            return <Nothing title="This recommendation is not known">It may be older than the retention.</Nothing>;
          return <Whole row={row} advice={advice} history={history} refresh={span.refresh} />;
        }}
      </LoadedView>
    </PageFrame>
  );
}

interface WholeProps {
  readonly row: Row;
  readonly advice: Advice;
  readonly history: History;
  readonly refresh: () => void;
}

function Whole({ row, advice, history, refresh }: WholeProps) {
  const measurement = parsePayload<Measurement>(row.measurement);
  return (
    <>
      <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
        <SeverityBadge severity={row.severity} />
        <StateBadge state={row.state} />
        <ProofBadge proof={row.proof} note={advice.proof_note} />
        <VerdictBadge verdict={row.verdict} />
        <span>
          {row.instance_id}, found by {row.detector}
        </span>
      </Stack>
      <Worth advice={advice} />
      {(measurement || row.applied_at) && <BeforeAfter row={row} advice={advice} measurement={measurement} />}
      <Columns>
        <div>
          <Section title="Why">
            <p>{advice.reasoning}</p>
            <p>{advice.proof_note}</p>
            <Evidence advice={advice} />
          </Section>
        </div>
        <div>
          <Statements advice={advice} />
        </div>
        <div>
          <Answers row={row} onAnswered={refresh} />
        </div>
        <div>
          <Section title="History">
            <HistoryList entries={history} />
          </Section>
        </div>
      </Columns>
    </>
  );
}

function Statements({ advice: { rendered, steps, action } }: { readonly advice: Advice }) {
  return (
    <Section title="What to do">
      <ol style={{ paddingLeft: 20 }}>
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {rendered.cautions.length > 0 && (
        <Alert severity="warning" title="Before you run it">
          {rendered.cautions.map((caution) => (
            <div key={caution}>{caution}</div>
          ))}
        </Alert>
      )}
      {rendered.ddl.length > 0 && <CodeBlock text={rendered.ddl.join('\n')} label="statements" />}
      {action.kind === 'rewrite_query' && <CodeBlock text={action.after} label="rewritten query" />}
      {rendered.rollback_ddl.length > 0 && (
        <>
          <p>To take it back:</p>
          <CodeBlock text={rendered.rollback_ddl.join('\n')} label="rollback" />
        </>
      )}
    </Section>
  );
}
