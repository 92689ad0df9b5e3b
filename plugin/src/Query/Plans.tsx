import { useState } from 'react';
import type { PlanDiffAnswer, PlanIssuesAnswer, PlanNode, ViewRow } from '@plumbline/contracts';
import { Stack, Tab, TabsBar } from '@grafana/ui';
import { askView } from '../data/askView';
import { callApi } from '../data/callApi';
import { parsePayload } from '../data/parsePayload';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { Section } from '../page/Section';
import { When } from '../parts/When';
import { PlanDiff } from './PlanDiff';
import { PlanIssues } from './PlanIssues';
import { PlanTree } from './PlanTree';

interface Props {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly round: number;
}

/** Every plan seen for the query, newest first; with two or more, what the newest changed. */
export function Plans({ instance_id, query_hash, round }: Props) {
  const loading = useLoaded(`${instance_id} ${query_hash}`, round, () =>
    askView('query_plans', { instance_id, query_hash }),
  );
  const [chosen, choose] = useState('difference');
  return (
    <Section title="Plans" hint="As the planner estimates them; never run for this page">
      <LoadedView loading={loading}>
        {(plans) => {
          if (plans.length === 0)
            return (
              <Nothing title="No plan was collected yet">Plans are asked for the statements that matter most.</Nothing>
            );
          const [newest, previous] = plans;
          const plan = plans.find(({ plan_hash }) => plan_hash === chosen) ?? newest;
          const shows_difference = chosen === 'difference' && newest !== undefined && previous !== undefined;
          return (
            <Stack direction="column" gap={1}>
              <TabsBar>
                {previous && (
                  <Tab label="What changed" active={shows_difference} onChangeTab={() => choose('difference')} />
                )}
                {plans.map(({ plan_hash }, at) => (
                  <Tab
                    key={plan_hash}
                    label={at === 0 ? `Now (${plan_hash.slice(0, 6)})` : plan_hash.slice(0, 6)}
                    active={!shows_difference && plan?.plan_hash === plan_hash}
                    onChangeTab={() => choose(plan_hash)}
                  />
                ))}
              </TabsBar>
              {shows_difference ? (
                <Difference
                  instance_id={instance_id}
                  query_hash={query_hash}
                  before={previous.plan_hash}
                  after={newest.plan_hash}
                />
              ) : (
                plan && <OnePlan key={plan.plan_hash} instance_id={instance_id} query_hash={query_hash} plan={plan} />
              )}
            </Stack>
          );
        }}
      </LoadedView>
    </Section>
  );
}

interface OfPlan extends Omit<Props, 'round'> {
  readonly plan: ViewRow<'query_plans'>;
}

function OnePlan({ instance_id, query_hash, plan }: OfPlan) {
  const root = parsePayload<PlanNode>(plan.tree);
  const path = `/instances/${encodeURIComponent(instance_id)}/queries/${encodeURIComponent(query_hash)}/plan-issues`;
  const loading = useLoaded(`${path} ${plan.plan_hash}`, 0, () =>
    callApi<PlanIssuesAnswer>({ path, query: { plan: plan.plan_hash } }),
  );
  return (
    <div>
      <p>
        First seen <When at={plan.first_seen_at} />, last <When at={plan.last_seen_at} />, {plan.origin} plan.
      </p>
      {root ? (
        <LoadedView loading={loading}>
          {({ issues }) => (
            <>
              <PlanIssues issues={issues} />
              <PlanTree root={root} issues={issues} />
            </>
          )}
        </LoadedView>
      ) : (
        <Nothing icon="exclamation-triangle" title="This plan cannot be read" />
      )}
    </div>
  );
}

function Difference({
  instance_id,
  query_hash,
  before,
  after,
}: Omit<Props, 'round'> & { readonly before: string; readonly after: string }) {
  const path = `/instances/${encodeURIComponent(instance_id)}/queries/${encodeURIComponent(query_hash)}/plan-diff`;
  const loading = useLoaded(`${path} ${before} ${after}`, 0, () =>
    callApi<PlanDiffAnswer>({ path, query: { before, after } }),
  );
  return <LoadedView loading={loading}>{({ root }) => <PlanDiff root={root} />}</LoadedView>;
}
