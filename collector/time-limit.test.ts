import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { ReadingLimit } from './time-limit.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('aborts after its time', () => {
  const limit = new ReadingLimit(100);
  jest.advanceTimersByTime(99);
  expect(limit.signal.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect(limit.signal.aborted).toBe(true);
});

it('does not count what is paused, however pauses nest', () => {
  const limit = new ReadingLimit(100);
  jest.advanceTimersByTime(60);
  limit.pause();
  limit.pause();
  jest.advanceTimersByTime(10_000);
  limit.resume();
  jest.advanceTimersByTime(10_000);
  limit.resume();
  jest.advanceTimersByTime(39);
  expect(limit.signal.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect(limit.signal.aborted).toBe(true);
});

it('never aborts once it has ended', () => {
  const limit = new ReadingLimit(100);
  limit.pause();
  limit.end();
  limit.resume();
  jest.advanceTimersByTime(1_000);
  expect(limit.signal.aborted).toBe(false);
});
