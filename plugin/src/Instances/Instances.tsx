import { useState } from 'react';
import type { InstancePublic, ViewRow } from '@plumbline/contracts';
import { Button } from '@grafana/ui';
import { utc } from '@plumbline/contracts/time';
import { askView } from '../data/askView';
import { callApi } from '../data/callApi';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { useInstanceChoice } from '../page/useInstanceChoice';
import { useSpan } from '../page/useSpan';
import { AddInstance } from './AddInstance';
import { InstanceCard } from './InstanceCard';

/** A row that was kept out longer ago is no longer news; it stays in the store for 35 days. */
const quarantine_shown_ms = 86_400_000;

interface Facts {
  readonly configured: readonly InstancePublic[];
  readonly seen: readonly ViewRow<'instances_latest'>[];
  readonly aspects: readonly ViewRow<'aspects_latest'>[];
  readonly quarantined: readonly ViewRow<'quarantine_summary'>[];
}

export default function Instances() {
  const span = useSpan();
  const [instance_id] = useInstanceChoice();
  const [is_adding, setAdding] = useState(false);
  const loading = useLoaded<Facts>(instance_id, span.round, async () => {
    const now = Date.now();
    const [configured, seen, aspects, quarantined] = await Promise.all([
      callApi<readonly InstancePublic[]>({ path: '/instances' }),
      askView('instances_latest', { instance_id }),
      askView('aspects_latest', { instance_id }),
      askView('quarantine_summary', {
        ...{ instance_id, from: utc(new Date(now - quarantine_shown_ms)), to: utc(new Date(now)) },
      }),
    ]);
    const shown = configured.filter(({ name }) => instance_id === '' || name === instance_id);
    return { configured: shown, seen, aspects, quarantined };
  });
  return (
    <PageFrame
      page="instances"
      title="Instances"
      subtitle="What is watched, and whether it can be read"
      span={span}
      has_time={false}
    >
      <Section
        title="Watched servers"
        actions={
          <Button icon="plus" size="sm" onClick={() => setAdding(!is_adding)}>
            Add instance
          </Button>
        }
      >
        {is_adding && (
          <AddInstance
            onAdded={() => {
              setAdding(false);
              span.refresh();
            }}
          />
        )}
        <LoadedView loading={loading}>
          {({ configured, seen, aspects, quarantined }) =>
            configured.length === 0 ? (
              <Nothing icon="database" title="No server is watched yet">
                Add one here, or start the server with --source.
              </Nothing>
            ) : (
              configured.map((config) => (
                <InstanceCard
                  key={config.name}
                  config={config}
                  seen={seen.find((row) => row.instance_id === config.name)}
                  aspects={aspects.filter((row) => row.instance_id === config.name)}
                  quarantined={quarantined.filter((row) => row.instance_id === config.name)}
                  refresh={span.refresh}
                />
              ))
            )
          }
        </LoadedView>
      </Section>
    </PageFrame>
  );
}
