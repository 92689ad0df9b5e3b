import { useMemo } from 'react';
import type { DataFrame, FieldConfigSource } from '@grafana/data';
import {
  EmbeddedScene,
  SceneDataTransformer,
  SceneFlexItem,
  SceneFlexLayout,
  SceneQueryRunner,
  SceneTimeRange,
  VizPanel,
  type CustomTransformerDefinition,
} from '@grafana/scenes';
import { map, type Observable } from 'rxjs';
import { useSettings } from '../App/SettingsContext';
import { Nothing } from '../page/Nothing';
import { clickhouse_type } from './clickhouse-type';
import type { Span } from '../page/useSpan';

interface Props {
  readonly title: string;
  readonly description?: string;
  readonly rawSql: string;
  readonly span: Pick<Span, 'range' | 'round'>;
  readonly field_config: FieldConfigSource;
  readonly height_px?: number;
  /** Frames drawn over what the query gives: marks of things that happened. */
  readonly marks?: readonly DataFrame[];
}

/** A time series panel over one select from a view, through the ClickHouse data source. */
export function SeriesPanel({
  title,
  description,
  rawSql,
  span,
  field_config,
  height_px = 260,
  marks = no_marks,
}: Props) {
  const { datasourceUid } = useSettings();
  const from_ms = span.range.from.valueOf();
  const to_ms = span.range.to.valueOf();
  const marks_key = JSON.stringify(marks.map((mark) => mark.fields.map((field) => field.values)));
  const scene = useMemo(() => {
    const runner = new SceneQueryRunner({
      datasource: { type: clickhouse_type, uid: datasourceUid ?? '' },
      queries: [{ refId: 'A', editorType: 'sql', queryType: 'timeseries', format: 0, rawSql, pluginVersion: '4.0.0' }],
    });
    return new EmbeddedScene({
      $timeRange: new SceneTimeRange({ from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() }),
      $data: new SceneDataTransformer({ $data: runner, transformations: [addMarks(marks)] }),
      body: new SceneFlexLayout({
        children: [
          new SceneFlexItem({
            minHeight: height_px,
            body: new VizPanel({
              title,
              pluginId: 'timeseries',
              fieldConfig: field_config,
              options: {
                legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
                tooltip: { mode: 'multi', sort: 'none' },
              },
              ...(description ? { description } : {}),
            }),
          }),
        ],
      }),
    });
    // `marks` and `field_config` follow from rawSql and the key of the marks.
  }, [title, rawSql, from_ms, to_ms, datasourceUid, height_px, marks_key]);
  if (!datasourceUid) {
    return (
      <Nothing icon="database" title="No data source is chosen">
        Choose the ClickHouse data source on the Configuration page of this app to see this chart.
      </Nothing>
    );
  }
  return (
    <div style={{ height: height_px }} data-testid={`panel ${title}`}>
      <scene.Component model={scene} />
    </div>
  );
}

const no_marks: readonly DataFrame[] = [];

const addMarks =
  (marks: readonly DataFrame[]): CustomTransformerDefinition =>
  () =>
  (frames: Observable<DataFrame[]>) =>
    frames.pipe(map((answered) => (answered.some((frame) => frame.length > 0) ? [...answered, ...marks] : answered)));
