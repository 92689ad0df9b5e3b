import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { engines } from '../tests/fixture-api';
import { lendBackend, renderAt } from '../tests/unit-server';
import { MemoryRouter, Route, Routes, useLocation } from 'react-router-dom';
import { InstanceForm } from './Instances/InstanceForm';
import Instances from './Instances/Instances';
import Overview from './Overview/Overview';
import Queries from './Queries/Queries';
import Recommendation from './Recommendation/Recommendation';
import Recommendations from './Recommendations/Recommendations';
import RegressionLink from './Regressions/RegressionLink';
import Regressions from './Regressions/Regressions';
import Workload from './Workload/Workload';

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
  ['Workload', <Workload key="page" />, 'From 70 % of short ones on, at 100 calls a second, it is OLTP.'],
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
  ['Workload', <Workload key="page" />, 'No statement ran in this time'],
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
  await userEvent.type(await screen.findByLabelText(/^Name/), 'new');
  await userEvent.click(screen.getByRole('button', { name: 'Add' }));
  await waitFor(() => expect(screen.getAllByText('is missing. Write the host.')[0]).toBeVisible());
  expect(screen.getByLabelText(/^Host/)).toBeInvalid();
});

test('the form asks what the chosen engine needs, in its words, and sends no more', async () => {
  const { sent } = lendBackend();
  const onAdded = jest.fn();
  render(<InstanceForm engines={engines.filter(({ id }) => id === 'oracle')} onAdded={onAdded} />);
  expect(screen.getByLabelText(/^Port/)).toHaveAttribute('placeholder', '1521');
  await userEvent.type(screen.getByLabelText(/^Name/), 'erp');
  await userEvent.type(screen.getByLabelText(/^Host/), 'ora1');
  await userEvent.type(screen.getByLabelText(/^Service name/), 'ERP');
  await userEvent.type(screen.getByLabelText(/^User/), 'plumbline');
  await userEvent.click(screen.getByRole('checkbox', { name: /Diagnostics Pack/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Add' }));
  await waitFor(() => expect(onAdded).toHaveBeenCalled());
  expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({
    engine: 'oracle',
    tls: 'require',
    name: 'erp',
    host: 'ora1',
    database_name: 'ERP',
    user_name: 'plumbline',
    options: { diagnostics_pack_licensed: true },
  });
});

test('a server that can read no engine says so', async () => {
  render(<InstanceForm engines={[]} onAdded={() => undefined} />);
  expect(screen.getByText('This server can read no kind of database')).toBeInTheDocument();
});

test('what an alert links to leads on to the query of its regression', async () => {
  lendBackend();
  render(
    <MemoryRouter initialEntries={['/regressions/1111aaaa2222bbbb?from=now-3h&to=now']}>
      <Routes>
        <Route path="/regressions/:regression_id" element={<RegressionLink />} />
        <Route path="*" element={<Where />} />
      </Routes>
    </MemoryRouter>,
  );
  expect(await screen.findByRole('status')).toHaveTextContent(
    '/a/plumbline-app/queries/shop/a1b2c3d4e5f60718?from=now-3h&to=now&regression=1111aaaa2222bbbb',
  );
});

test('a link to a regression that is gone says so', async () => {
  lendBackend();
  renderAt('/regressions/gone', '/regressions/:regression_id', <RegressionLink />);
  expect(await screen.findByText('This regression is not known')).toBeInTheDocument();
});

function Where() {
  const { pathname, search } = useLocation();
  return <output>{`${pathname}${search}`}</output>;
}
