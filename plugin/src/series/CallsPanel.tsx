import { viewSql } from '../data/viewSql';
import { formatSeconds } from '../format/formatDuration';
import type { Span } from '../page/useSpan';
import { SeriesPanel } from './SeriesPanel';
import { stepOf } from './stepOf';

interface Props {
  readonly instance_id: string;
  readonly query_hash: string;
  readonly span: Span;
}

const field_config = {
  defaults: { unit: 'short', min: 0, custom: { drawStyle: 'bars', fillOpacity: 60, lineWidth: 0 } },
  overrides: [],
};

export function CallsPanel({ instance_id, query_hash, span }: Props) {
  const step_s = stepOf(span.range);
  return (
    <SeriesPanel
      title={`Calls per ${formatSeconds(step_s)}`}
      rawSql={viewSql('query_series', { instance_id, query_hash, step_s }, { time: 'point_at', calls: 'calls' })}
      span={span}
      height_px={180}
      field_config={field_config}
    />
  );
}
