import { expect, test } from '@jest/globals';
import type { RegressionState, Utc, ViewRow } from '@plumbline/contracts';
import { utc } from '@plumbline/contracts';
import { at } from '../testing/world.js';
import { pastOf } from './spans.js';

const ms = (time: string): number => at(`2026-11-20 ${time}:00`).getTime();
const day = (time: string): Utc => utc(new Date(ms(time)));
const row = (state: RegressionState, change: Partial<ViewRow<'judge_regressions'>> = {}) => ({
  regression_id: 'r',
  query_hash: 'aa',
  state,
  payload: JSON.stringify({ onset_after: day('09:00') }),
  resolved_at: utc(new Date(0)),
  resolved_by: '',
  opened_at: day('09:30'),
  updated_at: day('10:00'),
  ...change,
});
const resolved = (resolved_by: string) => row('resolved', { resolved_by, resolved_at: day('10:00') });

test.each([
  ['open', row('open'), { is_frozen: true, is_opted_out: false, left_out: [] }],
  ['acknowledged', row('acknowledged'), { is_frozen: true }],
  ['opted out', row('opted_out'), { is_frozen: false, is_opted_out: true }],
  [
    'resolved by the judge: a bad time',
    resolved('plumbline'),
    { is_frozen: false, left_out: [{ from_ms: ms('09:00'), to_ms: ms('10:00') }], renewed_at_ms: 0 },
  ],
  [
    'resolved by a person: what came before is over',
    resolved('anna'),
    { left_out: [{ from_ms: 0, to_ms: ms('09:00') }], renewed_at_ms: ms('10:00'), judged_since_ms: ms('10:00') },
  ],
] as const)('%s', (_title, given, expected) => {
  expect(pastOf([given]).get('aa')).toMatchObject(expected);
});

test('the newest answer says whether a query is opted out; an open one freezes whatever else there was', () => {
  const later = { updated_at: day('11:00') };
  expect(pastOf([row('open', later), row('opted_out')]).get('aa')).toMatchObject({
    is_opted_out: false,
    is_frozen: true,
  });
  expect(pastOf([row('opted_out', later), resolved('plumbline')]).get('aa')).toMatchObject({ is_opted_out: true });
});

test('a query without regressions has no past', () => expect(pastOf([]).get('aa')).toBeUndefined());
