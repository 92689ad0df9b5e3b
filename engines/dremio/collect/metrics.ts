import { utc, type AspectOutcome, type InstanceMetricRow } from '@plumbline/contracts';
import { collected, stateOf, windowOf, type ReadingWindow } from '../../shared/reading.js';
import { countOf, flagOf, textOf, type Fields } from '../fields.js';
import { readAsText } from './as-text.js';
import type { CollectAspect, Reading } from './reading.js';

interface MetricsState {
  readonly shape: 'dremio.metrics.1';
  readonly at: string;
}

const shape = 'dremio.metrics.1';
const wanted_nodes = ['name', 'hostname', 'host_name', 'is_coordinator', 'is_executor', 'status'];
const wanted_memory = ['hostname', 'heap_current', 'heap_max', 'direct_current', 'direct_max'];

/** Nodes by their role, and the memory of all of them. */
export const metrics: CollectAspect = async (reading, previous) => {
  const before = stateOf<MetricsState>(previous, shape);
  const window = windowOf(reading, before?.at);
  const { edition } = reading.source.facts;
  if (edition.id === 'cloud') return collected(window, {}, previous ?? null, 0, managed);
  const nodes = await readAsText(reading, 'sys.nodes', wanted_nodes);
  if (nodes === undefined) return collected(window, {}, previous ?? null, 0, notShown);
  const memory = (await readAsText(reading, 'sys.memory', wanted_memory)) ?? [];
  const state: MetricsState = { shape, at: window.end.toISOString() };
  const instance_metrics = valuesOf(nodes, memory).map((value) => metricRow(value, reading, window));
  return collected(window, { instance_metrics }, state, nodes.length + memory.length);
};

type Value = readonly [metric: string, value: number, unit: string];

function valuesOf(nodes: readonly Fields[], memory: readonly Fields[]): readonly Value[] {
  const nodesWith = (role: string): number => nodes.filter((node) => flagOf(node[role]) === 1).length;
  const bytes = (column: string): number => Number(memory.reduce((sum, node) => sum + countOf(node[column]), 0n));
  const unwell = nodes.filter((node) => !/^(green|ok|)$/i.test(textOf(node['status']))).length;
  return [
    ['nodes.coordinators', nodesWith('is_coordinator'), 'count'],
    ['nodes.executors', nodesWith('is_executor'), 'count'],
    ['nodes.not_well', unwell, 'count'],
    ...(memory.length === 0
      ? []
      : ([
          ['memory.heap_used', bytes('heap_current'), 'bytes'],
          ['memory.heap_max', bytes('heap_max'), 'bytes'],
          ['memory.direct_used', bytes('direct_current'), 'bytes'],
          ['memory.direct_max', bytes('direct_max'), 'bytes'],
        ] satisfies Value[])),
  ];
}

const metricRow = (
  [metric, value, unit]: Value,
  reading: Reading,
  window: ReadingWindow,
): Omit<InstanceMetricRow, 'batch_id'> => ({
  ...{ instance_id: reading.instance_id, metric, value, unit },
  ...{ window_start: utc(window.start), window_end: utc(window.end) },
});

const managed: AspectOutcome = {
  state: 'unsupported',
  message: 'Dremio Cloud runs its nodes itself and does not show them',
  fix: 'Nothing to do: aspects.metrics.enabled: false hides this line',
};

const notShown: AspectOutcome = {
  state: 'denied',
  message: 'sys.nodes is not shown to this user',
  fix: 'Make the user an administrator',
};
