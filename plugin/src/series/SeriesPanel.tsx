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
  /** Rows as they are, text columns too; without it a text column names a series. */
  readonly is_table?: boolean;
  /** What is made of the answer before it is drawn, in order. */
  readonly changes?: readonly FrameChange[];
}

export type FrameChange = (frames: DataFrame[]) => DataFrame[];

/** A time series panel over one select from a view, through the ClickHouse data source. */
export function SeriesPanel({
  title,
  description,
  rawSql,
  span,
  field_config,
  height_px = 260,
  is_table = false,
  changes = no_changes,
}: Props) {
  const { datasourceUid } = useSettings();
  const from_ms = span.range.from.valueOf();
  const to_ms = span.range.to.valueOf();
  const scene = useMemo(() => {
    const runner = new SceneQueryRunner({
      datasource: { type: clickhouse_type, uid: datasourceUid ?? '' },
      queries: [
        {
          refId: 'A',
          editorType: 'sql',
          queryType: is_table ? 'table' : 'timeseries',
          format: is_table ? 1 : 0,
          rawSql,
          pluginVersion: '4.20.0',
        },
      ],
    });
    return new EmbeddedScene({
      $timeRange: new SceneTimeRange({ from: new Date(from_ms).toISOString(), to: new Date(to_ms).toISOString() }),
      $data: new SceneDataTransformer({ $data: runner, transformations: changes.map(transformationOf) }),
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
  }, [title, description, rawSql, is_table, from_ms, to_ms, datasourceUid, height_px, field_config, changes]);
  if (!datasourceUid) {
    return (
      <Nothing icon="database" title="No data source is chosen">
        Choose the ClickHouse data source on the Configuration page of this app to see this chart.
      </Nothing>
    );
  }
  return (
    <div style={{ height: height_px, marginBottom: 8 }} data-testid={`panel ${title}`}>
      <scene.Component model={scene} />
    </div>
  );
}

const no_changes: readonly FrameChange[] = [];

const transformationOf =
  (change: FrameChange): CustomTransformerDefinition =>
  () =>
  (frames: Observable<DataFrame[]>) =>
    frames.pipe(map(change));
