import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { lendBackend, renderAt } from '../tests/unit-server';
import Instances from './Instances/Instances';
import Overview from './Overview/Overview';
import Queries from './Queries/Queries';
import Recommendation from './Recommendation/Recommendation';
import Recommendations from './Recommendations/Recommendations';
import Regressions from './Regressions/Regressions';

const pages = [
  [
    'Overview',
    <Overview key="page" />,
    'Index orders_customer_id_idx on public.orders was dropped; the query now reads the whole table.',
  ],
  [
    'Regressions',
    <Regressions key="page" />,
    'It is called 2.3 times as often as usual; each run takes as long as before.',
  ],
  ['Queries', <Queries key="page" />, 'a1b2c3d4e5f60718'],
  ['Recommendations', <Recommendations key="page" />, 'Create an index on public.orders (customer_id, status)'],
  ['Instances', <Instances key="page" />, 'GRANT pg_read_all_settings TO plumbline;'],
] as const;

test.each(pages)('%s shows what the API has', async (_name, page, text) => {
  lendBackend();
  renderAt('/', '/', page);
  expect((await screen.findAllByText(text)).length).toBeGreaterThan(0);
});

test.each(pages)('%s says what failed and loads again on Reload', async (_name, page, text) => {
  lendBackend({ status: 502, data: null });
  renderAt('/', '/', page);
  expect(await screen.findByText('The Plumbline API does not answer.')).toBeInTheDocument();
  lendBackend();
  await userEvent.click(screen.getByRole('button', { name: /Reload/ }));
  expect((await screen.findAllByText(text)).length).toBeGreaterThan(0);
});

test.each([
  ['Overview', <Overview key="page" />, 'Nothing is worse than its baseline'],
  ['Regressions', <Regressions key="page" />, 'No regression is open'],
  ['Queries', <Queries key="page" />, 'No query ran in this time'],
  ['Recommendations', <Recommendations key="page" />, 'No advice is waiting'],
  ['Instances', <Instances key="page" />, 'No server is watched yet'],
])('%s without data says why', async (_name, page, text) => {
  const { state } = lendBackend();
  for (const name of Object.keys(state.rows)) (state.rows as Record<string, unknown[]>)[name] = [];
  state.instances = [];
  renderAt('/', '/', page);
  expect(await screen.findByText(text)).toBeInTheDocument();
});

const advice_page = [
  '/recommendations/5555eeee6666ffff',
  '/recommendations/:recommendation_id',
  <Recommendation key="page" />,
] as const;

test('accepting appends an event with the note and shows the new state', async () => {
  const { sent } = lendBackend();
  renderAt(...advice_page);
  await userEvent.type(await screen.findByRole('textbox'), 'tonight at 2');
  await userEvent.click(screen.getByRole('button', { name: 'Accept' }));
  expect(await screen.findByText('tonight at 2')).toBeInTheDocument();
  expect(await screen.findByText('Accepted')).toBeInTheDocument();
  expect(sent.filter(({ method }) => method === 'POST')).toEqual([
    {
      method: 'POST',
      path: '/recommendations/5555eeee6666ffff/events',
      body: { kind: 'accepted', note: 'tonight at 2' },
    },
  ]);
});

test('a refused answer is told beside its button and the note is kept', async () => {
  const { state } = lendBackend();
  renderAt(...advice_page);
  await userEvent.type(await screen.findByRole('textbox'), 'mine');
  state.rows.recommendations_latest = [];
  await userEvent.click(screen.getByRole('button', { name: 'Accept' }));
  expect(await screen.findByTestId('problem-note')).toHaveTextContent('Reload the list.');
  expect(screen.getByRole('textbox')).toHaveValue('mine');
});

test('a wrong field of a new instance is marked where it is', async () => {
  lendBackend();
  renderAt('/', '/', <Instances />);
  await userEvent.click(await screen.findByRole('button', { name: 'Add instance' }));
  await userEvent.type(screen.getByLabelText(/^Name/), 'new');
  await userEvent.click(screen.getByRole('button', { name: 'Add' }));
  await waitFor(() => expect(screen.getByText('is missing. Write the host.')).toBeInTheDocument());
  expect(screen.getByLabelText(/^Host/)).toBeInvalid();
});
