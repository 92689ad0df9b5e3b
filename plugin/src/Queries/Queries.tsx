import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { useInstanceChoice } from '../page/useInstanceChoice';
import { useSpan } from '../page/useSpan';
import { QueryTable } from './QueryTable';

const asked_rows = 100;

export default function Queries() {
  const span = useSpan();
  const [instance_id] = useInstanceChoice();
  const { from, to } = span;
  const loading = useLoaded(`${instance_id} ${span.key}`, span.round, () =>
    askView('query_top', { instance_id, from, to, limit: asked_rows }),
  );
  return (
    <PageFrame page="queries" title="Queries" subtitle="Where the servers' time goes" span={span}>
      <Section title="By total time" hint={`The ${asked_rows} with the most time in the chosen range`}>
        <LoadedView loading={loading}>
          {(rows) =>
            rows.length === 0 ? (
              <Nothing icon="database" title="No query ran in this time">
                Choose a longer range, or see on the Instances page whether statements are collected.
              </Nothing>
            ) : (
              <QueryTable rows={rows} />
            )
          }
        </LoadedView>
      </Section>
    </PageFrame>
  );
}
