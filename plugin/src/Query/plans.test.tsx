import { render, screen, within } from '@testing-library/react';
import type { PlanNode } from '@plumbline/contracts';
import { plan_diff } from '../../tests/fixture/rows';
import { PlanDiff, whatChanged } from './PlanDiff';
import { PlanTree } from './PlanTree';

const leaf: PlanNode = {
  operator: 'seq_scan',
  native_operator: 'Seq Scan',
  schema: 'public',
  table: 'orders',
  index: '',
  access_condition: '',
  filter_condition: 'status = $1',
  estimated_rows: 1200,
  estimated_width_bytes: null,
  startup_cost: null,
  total_cost: 28_380,
  children: [],
};

test('a plan shows every operator below its parent, with table, condition and estimate', () => {
  render(
    <PlanTree
      root={{
        ...leaf,
        native_operator: 'Limit',
        operator: 'limit',
        table: '',
        schema: '',
        filter_condition: '',
        children: [leaf],
      }}
    />,
  );
  const [root, child] = screen.getAllByRole('listitem');
  expect(root).toHaveTextContent('Limit');
  expect(child).toHaveTextContent('Seq Scan on public.orders');
  expect(child).toHaveTextContent('1.2 k rows, cost 28.4 k');
  expect(child).toHaveTextContent('then filter status = $1');
});

test('a plan without estimates shows none', () => {
  render(<PlanTree root={{ ...leaf, estimated_rows: null, total_cost: null }} />);
  expect(screen.getByRole('listitem')).not.toHaveTextContent(/rows|cost/);
});

test('a difference marks what came, went and changed', () => {
  const { container } = render(<PlanDiff root={plan_diff.root} />);
  const changes = [...container.querySelectorAll('[data-change]')].map((row) => row.getAttribute('data-change'));
  expect(changes).toEqual(['changed', 'changed', 'removed', 'added', 'same']);
  const added = container.querySelector<HTMLElement>('[data-change=added]');
  expect(added && within(added).getByText('Seq Scan')).toBeInTheDocument();
  expect(screen.getByText('cost 121 → 28.4 k')).toBeInTheDocument();
});

test.each([
  ['nothing', leaf, leaf, ''],
  ['the index', leaf, { ...leaf, index: 'orders_idx' }, 'index none → orders_idx'],
  ['an unknown cost', { ...leaf, total_cost: null }, leaf, 'cost ? → 28.4 k'],
  ['one side', null, leaf, ''],
])('%s is told as changed', (_case, before, after, text) => expect(whatChanged(before, after)).toBe(text));
