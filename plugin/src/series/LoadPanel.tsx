import { viewSql } from '../data/viewSql';
import type { Span } from '../page/useSpan';
import { SeriesPanel } from './SeriesPanel';
import { stepOf } from './stepOf';

const field_config = {
  defaults: {
    unit: 'short',
    min: 0,
    custom: { fillOpacity: 10, lineWidth: 2, showPoints: 'auto', spanNulls: 600_000 },
  },
  overrides: [],
};

/** Load of one instance, or of each side by side: the text column becomes the series' name. */
export function LoadPanel({ instance_id, span }: { readonly instance_id: string; readonly span: Span }) {
  return (
    <SeriesPanel
      title="Statements running at once"
      rawSql={viewSql(
        'instance_series',
        { instance_id, step_s: stepOf(span.range) },
        { time: 'point_at', instance: 'instance_id', Value: 'load' },
      )}
      span={span}
      height_px={220}
      field_config={field_config}
    />
  );
}
