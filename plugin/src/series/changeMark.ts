import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';
import { fromUtc } from '@plumbline/contracts/time';

/** One thin bar at a moment, on a hidden axis of its own: works in every version of the time series panel. */
export function changeMark(name: string, at: string): DataFrame {
  return toDataFrame({
    refId: name,
    fields: [
      { name: 'time', type: FieldType.time, values: [fromUtc(at).getTime()] },
      { name, type: FieldType.number, values: [1] },
    ],
  });
}

/** How a panel draws the bar that changeMark adds. */
export const changeMarkOverride = (name: string) => ({
  matcher: { id: 'byName', options: name },
  properties: [
    { id: 'unit', value: 'none' },
    { id: 'min', value: 0 },
    { id: 'max', value: 1 },
    { id: 'custom.scaleDistribution', value: { type: 'linear' } },
    { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
    { id: 'custom.drawStyle', value: 'bars' },
    { id: 'custom.barMaxWidth', value: 3 },
    { id: 'custom.fillOpacity', value: 90 },
    { id: 'custom.lineWidth', value: 0 },
    { id: 'custom.axisPlacement', value: 'hidden' },
    { id: 'custom.hideFrom', value: { viz: false, legend: false, tooltip: true } },
  ],
});
