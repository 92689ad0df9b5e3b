import type { ViewRow } from '@plumbline/contracts';
import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { Section } from '../page/Section';
import { useInstanceChoice } from '../page/useInstanceChoice';
import { useSpan, type Span } from '../page/useSpan';
import type { Thresholds } from './classReasons';
import {
  CompletenessSection,
  CompressedSection,
  HoursSection,
  ShiftsSection,
  TurnoverSection,
} from './InstanceSections';
import { Kind } from './Kind';
import { PatternTable } from './PatternTable';

type Pattern = ViewRow<'workload_pattern'>;

export default function Workload() {
  const span = useSpan();
  const [instance_id] = useInstanceChoice();
  const { from, to } = span;
  const loading = useLoaded(`${instance_id} ${span.key}`, span.round, async () => {
    const [patterns, published] = await Promise.all([
      askView('workload_pattern', { instance_id, from, to }),
      askView('analytics_thresholds_latest', {}),
    ]);
    return { patterns, thresholds: new Map(published.map(({ name, value }) => [name, value])) };
  });
  return (
    <PageFrame
      page="workload"
      title="Workload"
      subtitle="When a server works, at what, and how that changes"
      span={span}
    >
      <LoadedView loading={loading}>
        {({ patterns, thresholds }) => <Found patterns={patterns} thresholds={thresholds} span={span} />}
      </LoadedView>
    </PageFrame>
  );
}

interface FoundProps {
  readonly patterns: readonly Pattern[];
  readonly thresholds: Thresholds;
  readonly span: Span;
}

/** One instance in full, or several to choose from. */
function Found({ patterns, thresholds, span }: FoundProps) {
  const instances = patterns.filter(({ scope }) => scope === 'instance');
  const [only] = instances;
  if (only === undefined)
    return (
      <Nothing icon="database" title="No statement ran in this time">
        Choose a longer range, or see on the Instances page whether statements are collected.
      </Nothing>
    );
  if (instances.length > 1)
    return (
      <Section title="Instances" hint="Choose one to see its hours, its changes and what stands for it">
        <PatternTable rows={instances} />
      </Section>
    );
  const { instance_id } = only;
  const databases = patterns.filter(({ scope }) => scope === 'database');
  return (
    <>
      <Section title="Kind of work" hint={`${instance_id} in the chosen range`}>
        <Kind row={only} thresholds={thresholds} />
        {databases.length > 1 && <PatternTable rows={databases} />}
      </Section>
      <HoursSection instance_id={instance_id} thresholds={thresholds} span={span} />
      <ShiftsSection instance_id={instance_id} span={span} />
      <TurnoverSection pattern={only} span={span} />
      <CompletenessSection instance_id={instance_id} span={span} />
      <CompressedSection instance_id={instance_id} span={span} />
    </>
  );
}
