import type { DataFrame, PluginExtensionPanelContext } from '@grafana/data';

export interface QueryPlace {
  readonly instance_id: string;
  readonly query_hash: string;
}

type Panel = Pick<PluginExtensionPanelContext, 'targets' | 'data'>;

/**
 * The one query that a panel is about: from what its SQL asks for, else from what its rows are about. A panel about
 * several has none. `replace` writes a dashboard's variables into a text.
 */
export function queryOfPanel(panel: Panel, replace: (text: string) => string): QueryPlace | undefined {
  for (const target of panel.targets) {
    const { rawSql } = target as { rawSql?: unknown };
    const asked = typeof rawSql === 'string' ? askedFor(replace(rawSql)) : undefined;
    if (asked !== undefined) return asked;
  }
  return onlyOneIn(panel.data?.series ?? []);
}

function askedFor(sql: string): QueryPlace | undefined {
  const instance_id = literalOf('instance_id', sql);
  const query_hash = literalOf('query_hash', sql);
  return instance_id && query_hash ? { instance_id, query_hash } : undefined;
}

const literalOf = (parameter: string, sql: string): string | undefined =>
  new RegExp(`\\b${parameter} = '((?:[^'\\\\]|\\\\.)*)'`).exec(sql)?.[1]?.replace(/\\(.)/g, '$1');

function onlyOneIn(frames: readonly DataFrame[]): QueryPlace | undefined {
  const instance_id = onlyValue('instance_id', frames);
  const query_hash = onlyValue('query_hash', frames);
  return instance_id && query_hash ? { instance_id, query_hash } : undefined;
}

/** Text columns stay columns in a table and become labels in a time series. */
function onlyValue(name: string, frames: readonly DataFrame[]): string | undefined {
  const fields = frames.flatMap((frame) => frame.fields);
  const values = new Set<unknown>([
    ...fields.filter((field) => field.name === name).flatMap((field) => [...field.values]),
    ...fields.flatMap(({ labels }) => (labels?.[name] === undefined ? [] : [labels[name]])),
  ]);
  const [value] = values;
  return values.size === 1 && typeof value === 'string' ? value : undefined;
}
