import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ViewRow } from '@plumbline/contracts';
import type { WorkloadClass } from '@plumbline/contracts/pattern-views';
import { utc } from '@plumbline/contracts/time';
import { dateTime } from '@grafana/data';
import { lendBackend, renderAt } from '../../tests/unit-server';
import { workloadRows } from '../../tests/fixture/workload-rows';
import { classReasons, readsPerWrite } from './classReasons';
import { Completeness } from './Completeness';
import { nameHours } from './hourNames';
import { mergeGaps, type Gap } from './mergeGaps';
import Workload from './Workload';

test.each([
  [[], ''],
  [[0], 'Mon 00:00–01:00'],
  [[23, 24], 'Mon 23:00–24:00; Tue 00:00–01:00'],
  [[9, 10, 14, 33, 34, 38], 'Mon–Tue 09:00–11:00, 14:00–15:00'],
  [[9, 57], 'Mon 09:00–10:00; Wed 09:00–10:00'],
  [Array.from({ length: 168 }, (_, hour) => hour), 'Mon–Sun 00:00–24:00'],
])('hours %j are said as %j', (hours, text) => {
  expect(nameHours(hours)).toBe(text);
});

const at = (clock: string) => utc(new Date(`2026-11-21T${clock}:00Z`));
const gap = (began_at: string, ended_at: string, gap_kind: Gap['gap_kind'] = 'eviction'): Gap => ({
  ...{ began_at: at(began_at), ended_at: at(ended_at), gap_kind, object_name: '' },
});

test('gaps of one kind that touch are one; others stay apart, in order', () => {
  const merged = mergeGaps([
    gap('10:01', '10:02'),
    gap('10:00', '10:01'),
    gap('10:01', '10:05', 'restart'),
    gap('10:02', '10:03'),
    gap('10:09', '10:10'),
  ]);
  expect(merged).toEqual([gap('10:00', '10:03'), gap('10:01', '10:05', 'restart'), gap('10:09', '10:10')]);
});

const rows = workloadRows();
const pattern = rows.workload_pattern?.[0] as ViewRow<'workload_pattern'>;
const thresholds = new Map((rows.analytics_thresholds_latest ?? []).map(({ name, value }) => [name, value]));

test.each<[WorkloadClass, string]>([
  ['oltp', 'From 70 % of short ones on, at 100 calls a second, it is OLTP.'],
  ['olap', 'From 70 % of heavy ones on it is OLAP.'],
  ['light', 'From 70 % of short ones on it would be OLTP, but 100 calls a second are fewer than 1.'],
  ['mixed', 'Neither reaches 70 %, so it is mixed.'],
  ['unknown', 'Load 0.42 is below 0.001: too little runs to say.'],
])('a workload that is %s says why', (workload_class, reason) => {
  expect(classReasons({ ...pattern, workload_class }, thresholds).at(-1)).toBe(reason);
});

test('without published thresholds there is no reason to tell', () => {
  expect(classReasons(pattern, new Map())).toEqual([expect.stringContaining('has not published its thresholds')]);
});

test.each([
  [12, 1, '12'],
  [1, 4, '0.25'],
  [5, 0, 'reads only'],
  [0, 5, 'writes only'],
  [0, 0, '–'],
])('%d reads and %d writes are %j per write', (read_calls, write_calls, text) => {
  expect(readsPerWrite({ read_calls, write_calls })).toBe(text);
});

const span = { range: { from: dateTime('2026-11-21T10:00:00Z'), to: dateTime('2026-11-21T11:00:00Z') } } as never;
const point = (explained_share: number | null, clock = '10:00'): ViewRow<'workload_completeness'> => ({
  ...{ point_at: at(clock), instance_id: 'shop', collected_time_s: 30, explained_share },
  ...{ engine_time_s: explained_share === null ? null : 60, engine_time_metric: 'time.database_us' },
});

test.each([
  [[point(0.5)], '50 %', /of 1 min: its DB time/],
  [[point(0.5), point(null, '10:01')], '50 %', /30 s of collected statements/],
  [[point(null)], 'unknown', /counts no time of all its statements/],
])('the explained share is of known time only, and unknown without it', (points, value, hint) => {
  render(<Completeness points={points} gaps={[]} step_s={60} span={span} />);
  expect(screen.getByText(value)).toBeInTheDocument();
  expect(screen.getByText(hint)).toBeInTheDocument();
});

test.each([
  [168, /^Peak hours: Mon–Fri 09:00–12:00, 13:00–17:00; Sun 02:00–03:00 \(UTC\)/],
  [3, /^Too few hours are known/],
])('of %d watched hours the peaks are named, or said to be too early', async (hours, text) => {
  const { state } = lendBackend();
  state.rows.workload_profile = state.rows.workload_profile?.slice(0, hours) ?? [];
  renderAt('/', '/', <Workload />);
  expect(await screen.findByTestId('peak-hours')).toHaveTextContent(text);
});

test('several instances are told side by side, to choose from', async () => {
  const { state } = lendBackend();
  state.rows.workload_pattern = [pattern, { ...pattern, instance_id: 'erp', workload_class: 'olap' }];
  renderAt('/', '/', <Workload />);
  expect(await screen.findByRole('link', { name: 'erp' })).toHaveAttribute('href', expect.stringContaining('=erp'));
  expect(screen.getByText('OLAP')).toBeInTheDocument();
  expect(screen.queryByTestId('peak-hours')).toBeNull();
});

test('a part that has nothing yet says so, and the rest is shown', async () => {
  const { state } = lendBackend();
  state.rows.workload_shifts = [];
  state.rows.query_turnover = [];
  state.rows.workload_profile = [];
  renderAt('/', '/', <Workload />);
  expect(await screen.findByText('Nothing to compare with yet')).toBeInTheDocument();
  expect(await screen.findByText('No query came or stayed away')).toBeInTheDocument();
  expect(await screen.findByText('No hour was watched yet')).toBeInTheDocument();
  expect(await screen.findByTestId('completeness-band')).toBeInTheDocument();
});

describe('the compressed workload', () => {
  const made: string[] = [];
  beforeEach(() => {
    made.length = 0;
    URL.createObjectURL = () => 'blob:test';
    URL.revokeObjectURL = () => undefined;
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      made.push(this.download);
    });
  });
  afterEach(() => jest.restoreAllMocks());

  test.each(['JSON', 'SQL', 'Parquet'])('is saved as %s of the same span', async (format) => {
    const { sent } = lendBackend();
    renderAt('/', '/', <Workload />);
    await userEvent.click(await screen.findByRole('button', { name: `Download ${format}` }));
    expect(made).toEqual([`workload-shop.${format.toLowerCase()}`]);
    expect(sent.at(-1)?.path).toBe('/instances/shop/workload');
  });

  test('that cannot be saved says why', async () => {
    lendBackend();
    renderAt('/', '/', <Workload />);
    const button = await screen.findByRole('button', { name: 'Download SQL' });
    lendBackend({ status: 504, data: null });
    await userEvent.click(button);
    expect(await screen.findByTestId('problem-note')).toHaveTextContent('took too long');
    expect(made).toEqual([]);
  });
});
