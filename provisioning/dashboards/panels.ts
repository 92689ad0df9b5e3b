import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { clickhouseQuery, clickhouse_type } from '../clickhouse-query.js';

/** Dashboards name their data source by variable: whoever installs them may have called it otherwise. */
export const datasource = { type: clickhouse_type, uid: '${datasource}' };

/** Parameters of views that a dashboard's own span and width fill. */
export const span = 'from = $__fromTime, to = $__toTime';
export const step = 'step_s = greatest(toUInt32(60), toUInt32($__interval_s))';

export interface PanelText {
  readonly title: string;
  readonly description: string;
  /** One select from one view. */
  readonly sql: string;
}

export type Panel = StatPanel | TablePanel | TimeSeriesPanel;
type Override = readonly [column: string, ...properties: { id: string; value: unknown }[]];

const ask = (format: 'time_series' | 'table', sql: string) => clickhouseQuery(format, sql, datasource.uid);

/** One number. `bad_from`: red from there on. */
export function stat({ title, description, sql }: PanelText, unit = 'short', bad_from?: number): StatPanel {
  const panel = new StatPanel()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .withTarget(ask('table', sql))
    .span(6)
    .height(5);
  return bad_from === undefined ? panel : panel.thresholds(badFrom(bad_from));
}

const badFrom = (value: number) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value, color: 'red' },
  ]);

/** Lines over time; a text column names each line. */
export const timeSeries = ({ title, description, sql }: PanelText, unit: string): TimeSeriesPanel =>
  new TimeSeriesPanel()
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .min(0)
    .withTarget(ask('time_series', sql))
    .span(12)
    .height(9);

/** Lines that add up, as areas on each other. */
export const stacked = (text: PanelText, unit: string): TimeSeriesPanel =>
  timeSeries(text, unit).stacking(new StackingConfigBuilder().mode(StackingMode.Normal)).fillOpacity(30);

export function table({ title, description, sql }: PanelText, overrides: readonly Override[]): TablePanel {
  const panel = new TablePanel()
    .title(title)
    .description(description)
    .datasource(datasource)
    .noValue('–')
    .withTarget(ask('table', sql))
    .span(24)
    .height(9);
  return overrides.reduce((built, [column, ...properties]) => built.overrideByName(column, properties), panel);
}

export const unit = (column: string, value: string): Override => [column, { id: 'unit', value }];

/** Makes a column a link into the app, below /a/plumbline-app. */
export const pageLink = (column: string, title: string, path: string): Override => [
  column,
  { id: 'links', value: [{ title, url: `/a/plumbline-app/${path}`, targetBlank: false }] },
];

/** A template is long: it must not push the figures off the screen. */
export const narrow = (column: string, width_px: number): Override => [column, { id: 'custom.width', value: width_px }];
