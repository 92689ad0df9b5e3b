import type { RegressionState } from '@plumbline/contracts';
import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { StateChoice, useStateChoice } from '../page/StateChoice';
import { useInstanceChoice } from '../page/useInstanceChoice';
import { useSpan } from '../page/useSpan';
import { RegressionTable } from './RegressionTable';

const states = {
  open: 'Open',
  acknowledged: 'Acknowledged',
  resolved: 'Resolved',
  opted_out: 'Opted out',
  all: 'All',
} as const;
type Choice = keyof typeof states;

export default function Regressions() {
  const span = useSpan();
  const [instance_id] = useInstanceChoice();
  const [choice, choose] = useStateChoice(states, 'open');
  const state: RegressionState | '' = choice === 'all' ? '' : choice;
  const loading = useLoaded(`${instance_id} ${state}`, span.round, () =>
    askView('regressions_latest', { instance_id, state }),
  );
  return (
    <PageFrame
      page="regressions"
      title="Regressions"
      subtitle="Queries that left their own baseline"
      span={span}
      has_time={false}
    >
      <Section title="Regressions" actions={<StateChoice states={states} value={choice} onChange={choose} />}>
        <LoadedView loading={loading}>
          {(rows) => (rows.length === 0 ? <NoRegressions choice={choice} /> : <RegressionTable rows={rows} />)}
        </LoadedView>
      </Section>
    </PageFrame>
  );
}

function NoRegressions({ choice }: { readonly choice: Choice }) {
  if (choice !== 'open')
    return <Nothing title={`No regression is ${states[choice].toLowerCase()}`}>Choose another state above.</Nothing>;
  return (
    <Nothing icon="check-circle" title="No regression is open">
      Every query with enough history runs as it used to.
    </Nothing>
  );
}
