import { PanelPlugin, type PanelProps } from '@grafana/data';
import { TimeSeries } from '@grafana/ui';

const legend = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] } as never;

/** Stands in for Grafana's own time series panel, which no npm package holds. */
function TimeSeriesPanel({ data, timeRange, width, height, timeZone, options }: PanelProps<{ legend?: unknown }>) {
  if (data.series.every((frame) => frame.length === 0)) return <div style={{ padding: 16 }}>No data</div>;
  return (
    <TimeSeries
      frames={data.series}
      structureRev={data.structureRev}
      timeRange={timeRange}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={(options.legend as never) ?? legend}
      options={options as never}
    />
  );
}

const customOptions = [
  'drawStyle',
  'lineWidth',
  'lineInterpolation',
  'lineStyle',
  'fillOpacity',
  'fillBelowTo',
  'gradientMode',
  'showPoints',
  'pointSize',
  'spanNulls',
  'axisPlacement',
  'axisLabel',
  'axisSoftMin',
  'axisSoftMax',
  'axisWidth',
  'stacking',
  'barMaxWidth',
  'barWidthFactor',
  'barAlignment',
  'hideFrom',
  'scaleDistribution',
  'thresholdsStyle',
  'axisColorMode',
  'axisBorderShow',
  'axisCenteredZero',
  'axisGridShow',
  'lineColor',
  'insertNulls',
  'pointSymbol',
] as const;

const timeseries = new PanelPlugin(TimeSeriesPanel).useFieldConfig({
  useCustomConfig: (builder) => {
    for (const path of customOptions) {
      builder.addCustomEditor({
        id: path,
        path,
        name: path,
        editor: () => null as never,
        override: () => null as never,
        process: (value: unknown) => value,
        shouldApply: () => true,
        defaultValue: defaults[path],
      } as never);
    }
  },
});
const defaults: Readonly<Record<string, unknown>> = {
  drawStyle: 'line',
  lineWidth: 1,
  lineInterpolation: 'linear',
  fillOpacity: 0,
  gradientMode: 'none',
  showPoints: 'auto',
  pointSize: 5,
  spanNulls: false,
  axisPlacement: 'auto',
  scaleDistribution: { type: 'linear' },
  stacking: { mode: 'none', group: 'A' },
  thresholdsStyle: { mode: 'off' },
  hideFrom: { viz: false, legend: false, tooltip: false },
};

export function panelPlugin(id: string): PanelPlugin {
  if (id !== 'timeseries') throw new Error(`The preview host has no stand-in for the panel "${id}"`);
  timeseries.meta = {
    id,
    name: 'Time series',
    type: 'panel',
    module: '',
    baseUrl: '',
    sort: 1,
    info: { version: '', logos: { small: '', large: '' } },
  } as never;
  return timeseries as unknown as PanelPlugin;
}
