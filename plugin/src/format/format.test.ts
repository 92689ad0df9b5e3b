import { formatBytes } from './formatBytes';
import { formatCount } from './formatCount';
import { formatDuration } from './formatDuration';
import { formatRatio, formatShare } from './formatRatio';
import { percentileLabel } from './percentileLabel';

test.each([
  [0, '0 s'],
  [160_000e6, '44.4 h'],
  [950, '950 µs'],
  [1234, '1.23 ms'],
  [14_300, '14.3 ms'],
  [3_600e6, '1 h'],
  [-90e6, '−1.5 min'],
  [Number.NaN, '–'],
])('%p µs reads %s', (value, text) => expect(formatDuration(value)).toBe(text));

test.each([
  [999, '999'],
  [1234, '1.23 k'],
  [28_410, '28.4 k'],
  [1e12, '1 T'],
])('%p reads %s', (value, text) => expect(formatCount(value)).toBe(text));

test.each([
  [1023, '1023 B'],
  [31_457_280, '30 MiB'],
])('%p bytes read %s', (value, text) => expect(formatBytes(value)).toBe(text));

test.each([
  [17.4, '×17.4'],
  [0, '–'],
  [Number.POSITIVE_INFINITY, '–'],
])('the ratio %p reads %s', (value, text) => expect(formatRatio(value)).toBe(text));

test('a share is a percentage', () => expect(formatShare(0.624)).toBe('62.4 %'));

test('a percentile of interval means is never called a percentile of runs', () => {
  expect(percentileLabel('p95', 'means')).toBe('p95 of interval means');
  expect(percentileLabel('p95', 'exact')).toBe('p95 of runs');
  expect(percentileLabel('p95', 'modelled')).toContain('estimated');
});
