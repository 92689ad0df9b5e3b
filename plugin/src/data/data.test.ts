import { lendBackend } from '../../tests/unit-server';
import { ApiError } from './ApiError';
import { askView } from './askView';
import { callApi } from './callApi';
import { parsePayload } from './parsePayload';
import { problemOf } from './problemOf';
import { quoteSql } from './quoteSql';
import { viewSql } from './viewSql';

test.each([
  ['plain', "'plain'"],
  ["O'Brien", "'O\\'Brien'"],
  ['back\\slash', "'back\\\\slash'"],
  ["\\' OR 1=1 --", "'\\\\\\' OR 1=1 --'"],
  ['nul\0', "'nul\\0'"],
])('%j becomes the literal %s', (text, literal) => expect(quoteSql(text)).toBe(literal));

test('a select from a view names its columns, quotes its text and leaves the span to the data source', () => {
  expect(
    viewSql(
      'query_series',
      { instance_id: "a'b", query_hash: 'ff', step_s: 60 },
      { time: 'point_at', 'baseline low': 'baseline_low_us' },
    ),
  ).toBe(
    "SELECT point_at AS `time`, baseline_low_us AS `baseline low` FROM query_series(instance_id = 'a\\'b', query_hash = 'ff', step_s = 60, from = $__fromTime, to = $__toTime) ORDER BY time",
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%p is refused in a query', (step_s) => {
  expect(() => viewSql('instance_series', { instance_id: '', step_s }, { time: 'point_at' })).toThrow(
    'cannot be written',
  );
});

test('rows of a view come as the contract has them', async () => {
  lendBackend();
  const [row] = await askView('fleet', { from: '' as never, to: '' as never });
  expect(row?.instance_id).toBe('shop');
});

test.each([
  ['nothing listens', { status: 502, data: { message: '' } }, 502, 'does not answer'],
  [
    'the token is wrong',
    { status: 401, data: { title: 'Unauthorized', status: 401, detail: 'The token is not valid.', problems: [] } },
    401,
    'token',
  ],
  ['the network is gone', { status: 0 }, 0, 'could not reach Grafana'],
  ['a page of HTML comes back', { status: 500, data: '<html>' }, 500, 'could not answer'],
])('when %s, the error says so', async (_case, fail, status, words) => {
  lendBackend(fail);
  const error = await callApi({ path: '/me' }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  const problem = problemOf(error);
  expect(problem.status).toBe(status);
  expect(JSON.stringify(problem)).toContain(words);
});

test('problem+json keeps its fields, and broken entries do not break it', () => {
  const body = {
    title: 'Unprocessable',
    status: 422,
    detail: 'Some fields are wrong.',
    problems: [{ field: 'host', message: 'is missing', mend: 'Write it.' }, 7, { field: 3 }],
  };
  expect(problemOf({ status: 422, data: body }).problems).toEqual([
    { field: 'host', message: 'is missing', mend: 'Write it.' },
    { field: '', message: '', mend: '' },
  ]);
});

test('another program behind the address is told, not crashed on', async () => {
  const { state } = lendBackend();
  state.rows.fleet = undefined as never;
  await expect(askView('fleet', { from: '' as never, to: '' as never })).rejects.toThrow('There is no view fleet');
});

test.each(['', '{', 'null', '7'])('the payload %j is nothing', (text) => expect(parsePayload(text)).toBeUndefined());
