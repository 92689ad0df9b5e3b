import { render, screen } from '@testing-library/react';
import { foldHistory, type HistoryEntry } from './foldHistory';
import { HistoryList } from './HistoryList';

const at = (minute: number) => `2026-11-21 10:${String(minute).padStart(2, '0')}:00.000`;
const entry = (kind: string, minute: number, note = '', actor = 'plumbline'): HistoryEntry => ({
  ...{ kind, occurred_at: at(minute), actor, note },
});
const changed = 'The facts have changed materially.';

test('proposals in a row are one line with their count, their span and the last note', () => {
  const lines = foldHistory([entry('proposed', 9, changed), entry('proposed', 1), entry('proposed', 5, changed)]);
  expect(lines).toEqual([
    { kind: 'proposed', actor: 'plumbline', first_at: at(1), last_at: at(9), count: 3, note: changed },
  ]);
});

test('what lies between two proposals keeps them apart, newest first', () => {
  const lines = foldHistory([entry('proposed', 1), entry('withdrawn', 2), entry('proposed', 3), entry('proposed', 4)]);
  expect(lines.map(({ kind, count }) => [kind, count])).toEqual([
    ['proposed', 2],
    ['withdrawn', 1],
    ['proposed', 1],
  ]);
});

test('what people write is never folded', () => {
  expect(foldHistory([entry('noted', 1, 'a', 'ann'), entry('noted', 2, 'a', 'ann')])).toHaveLength(2);
});

test('no events are no lines', () => expect(foldHistory([])).toEqual([]));

test('the list says how often and from when to when', () => {
  render(<HistoryList entries={[entry('proposed', 1), entry('proposed', 9)]} />);
  expect(screen.getByRole('listitem')).toHaveTextContent(/^proposed 2 times, first .* last .* plumbline$/);
});
