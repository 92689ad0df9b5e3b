import type { Problem } from '@plumbline/contracts';
import { nearest } from './nearest.js';
import { fieldText } from './problems.js';
import type { Written } from './problems.js';

type Block = Readonly<Record<string, unknown>>;
const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listAt = (block: Block, key: string): readonly unknown[] => (Array.isArray(block[key]) ? block[key] : []);

/** What one field's schema cannot see. Works on what was written, so that it speaks up beside the schema's problems. */
export function crossProblems(value: unknown, engine_ids: readonly string[], written: Written): Problem[] {
  if (!isBlock(value)) return [];
  return [
    ...twice(listAt(value, 'instances'), ['instances'], written),
    ...twice(listAt(isBlock(value.api) ? value.api : {}, 'tokens'), ['api', 'tokens'], written),
    ...unknownEngines(listAt(value, 'instances'), engine_ids, written),
    ...samePorts(value, written),
  ];
}

const problemAt = (path: readonly PropertyKey[], message: string, mend: string, written: Written): Problem => ({
  where: written.where,
  field: fieldText(path),
  line: written.lineOf?.(path),
  message,
  mend,
});

function twice(list: readonly unknown[], path: readonly PropertyKey[], written: Written): Problem[] {
  const seen = new Set<unknown>();
  return list.flatMap((item, place) => {
    const name = isBlock(item) ? item.name : undefined;
    if (typeof name !== 'string' || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = 'is the name of an earlier entry too';
    return [problemAt([...path, place, 'name'], message, 'Give each its own name.', written)];
  });
}

function unknownEngines(list: readonly unknown[], engine_ids: readonly string[], written: Written): Problem[] {
  return list.flatMap((item, place) => {
    const engine = isBlock(item) ? item.engine : undefined;
    if (typeof engine !== 'string' || engine_ids.includes(engine)) return [];
    const meant = nearest(engine, engine_ids);
    const mend = meant === undefined ? `Use one of ${engine_ids.join(', ')}.` : `Did you mean "${meant}"?`;
    return [problemAt(['instances', place, 'engine'], 'is not a known engine', mend, written)];
  });
}

const listeners = [
  ['api', 8686],
  ['clickhouse_endpoint', 8123],
  ['preview', 3030],
] as const;

function samePorts(value: Block, written: Written): Problem[] {
  const taken = new Map<unknown, string>();
  return listeners.flatMap(([key, default_port]) => {
    const block = isBlock(value[key]) ? value[key] : {};
    if (block.enabled === false) return [];
    const port = block.port ?? default_port;
    const other = taken.get(port);
    taken.set(port, key);
    if (other === undefined || port === 0) return [];
    const mend = 'Give one of them another port; 0 takes any free one.';
    return [problemAt([key, 'port'], `is the port of ${other} too`, mend, written)];
  });
}
