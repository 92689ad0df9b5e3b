import type { RecommendationState } from '@plumbline/contracts';
import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { StateChoice, useStateChoice } from '../page/StateChoice';
import { useInstanceChoice } from '../page/useInstanceChoice';
import { useSpan } from '../page/useSpan';
import { RecommendationTable } from './RecommendationTable';

const states = {
  waiting: 'Waiting',
  applied: 'Applied',
  dismissed: 'Dismissed',
  withdrawn: 'Withdrawn',
  all: 'All',
} as const;
type Choice = keyof typeof states;
const waiting: readonly RecommendationState[] = ['proposed', 'accepted', 'started'];

export default function Recommendations() {
  const span = useSpan();
  const [instance_id] = useInstanceChoice();
  const [choice, choose] = useStateChoice(states, 'waiting');
  const loading = useLoaded(instance_id, span.round, () =>
    askView('recommendations_latest', { instance_id, state: '' }),
  );
  return (
    <PageFrame
      page="recommendations"
      title="Recommendations"
      subtitle="What to do, what it saves, what it costs, and how sure that is"
      span={span}
      has_time={false}
    >
      <Section title="Recommendations" actions={<StateChoice states={states} value={choice} onChange={choose} />}>
        <LoadedView loading={loading}>
          {(rows) => {
            const shown = rows.filter(
              ({ state }) => choice === 'all' || (choice === 'waiting' ? waiting.includes(state) : state === choice),
            );
            return shown.length === 0 ? <NoAdvice choice={choice} /> : <RecommendationTable rows={shown} />;
          }}
        </LoadedView>
      </Section>
    </PageFrame>
  );
}

function NoAdvice({ choice }: { readonly choice: Choice }) {
  if (choice !== 'waiting') return <Nothing title="None in this state">Choose another state above.</Nothing>;
  return (
    <Nothing icon="check-circle" title="No advice is waiting">
      Nothing that Plumbline knows how to mend was found in the last look.
    </Nothing>
  );
}
