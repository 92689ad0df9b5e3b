import { act, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router-dom';
import { minutesAgo } from '../../tests/fixture/rows';
import { lendBackend } from '../../tests/unit-server';
import { fittingSpan } from './fittingSpan';
import { SpanFitter } from './SpanFitter';
import { spanOf } from './spanOf';
import { useSpan } from './useSpan';

const now_ms = Date.UTC(2026, 10, 21, 12);
const point = (minutes: number) => ({
  ...{ point_at: minutesAgo(minutes), instance_id: 'shop', calls: 1, load: 1, mean_time_us: 1 },
});
const withPoints = (...minutes: number[]) => {
  const lent = lendBackend();
  lent.state.rows.instance_series = minutes.map(point);
  return lent;
};

test.each([
  ['a store that is six hours old', [350, 100, 1], 'now-6h', ''],
  ['four hours of data', [235, 10], 'now-6h', ''],
  ['two hours of data', [115, 10], 'now-3h', '3 hours'],
  ['fifty minutes of data', [50, 10], 'now-1h', 'hour'],
  ['twenty minutes of data', [20], 'now-30m', '30 minutes'],
  ['minutes of data', [4, 2], 'now-15m', '15 minutes'],
  ['no data at all', [], 'now-6h', ''],
  ['data that ended yesterday', [1500], 'now-6h', ''],
])('%s is shown in a span that it fills', async (_case, minutes, from, words) => {
  withPoints(...minutes);
  const span = await fittingSpan('', Date.now());
  expect(span.from).toBe(from);
  expect(span.note).toBe(words === '' ? '' : `Shown: the last ${words}. There is nothing older yet.`);
});

function Shown() {
  const { key, note } = useSpan();
  return <output>{`${key} ${note}`}</output>;
}
const shownAt = (path: string) =>
  render(
    <MemoryRouter initialEntries={[path]}>
      <SpanFitter>
        <Shown />
      </SpanFitter>
    </MemoryRouter>,
  );

test('a page without a chosen span shows the one that fits, and says why', async () => {
  withPoints(3);
  shownAt('/');
  expect(await screen.findByText(/now-15m…now Shown: the last 15 minutes/)).toBeInTheDocument();
});

test.each([
  ['/?from=now-24h&to=now', 'now-24h…now'],
  ['/?from=1763000000000&to=1763003600000', '1763000000000…1763003600000'],
  ['/?to=now-1h', 'now-6h…now-1h'],
])('a span that a person chose stays: %s', (path, key) => {
  const { sent } = withPoints(3);
  shownAt(path);
  expect(screen.getByRole('status')).toHaveTextContent(key);
  expect(screen.getByRole('status')).not.toHaveTextContent('Shown');
  expect(sent).toEqual([]);
});

test('when the API is down, pages come up with the usual span', async () => {
  lendBackend({ status: 502, data: null });
  shownAt('/');
  expect(await screen.findByText('now-6h…now')).toBeInTheDocument();
});

test('when the API does not answer at all, pages come up all the same', () => {
  jest.useFakeTimers();
  withPoints(3).hold();
  shownAt('/');
  expect(screen.queryByRole('status')).toBeNull();
  act(() => jest.advanceTimersByTime(3_000));
  expect(screen.getByRole('status')).toHaveTextContent('now-6h…now');
  jest.useRealTimers();
});

test.each([
  ['now-1h', 'now', now_ms - 3_600_000, now_ms],
  ['1763000000000', '1763003600000', 1763000000000, 1763003600000],
  ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z', Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 21)],
  ['now-1d/d', 'now-1d/d', Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 21) - 1],
  ['nonsense', 'now', now_ms - 6 * 3_600_000, now_ms],
  ['now', 'now-1h', now_ms - 6 * 3_600_000, now_ms],
  ['', '', now_ms - 6 * 3_600_000, now_ms],
])('from %j to %j is read, and the usual span stands for what is no span', (from, to, from_ms, to_ms) => {
  const range = spanOf({ from, to }, now_ms);
  expect([range.from.valueOf(), range.to.valueOf()]).toEqual([from_ms, to_ms]);
});
