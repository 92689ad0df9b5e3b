import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';
import { fromUtc } from '@plumbline/contracts/time';
import type { FrameChange } from './SeriesPanel';

/** One thin bar at a moment, on a hidden axis of its own: works in every version of the time series panel. */
function changeMark(name: string, at: string): DataFrame {
  return toDataFrame({
    refId: name,
    fields: [
      { name: 'time', type: FieldType.time, values: [fromUtc(at).getTime()] },
      { name, type: FieldType.number, values: [1] },
    ],
  });
}

/** Marks a moment where there is something to mark it in. */
export const addChangeMark =
  (name: string, at: string): FrameChange =>
  (frames) =>
    frames.some((frame) => frame.length > 0) ? [...frames, changeMark(name, at)] : frames;

/** How a panel draws the bar that addChangeMark adds. */
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
