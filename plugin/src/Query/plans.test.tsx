import { render, screen, within } from '@testing-library/react';
import type { PlanIssue, PlanNode } from '@plumbline/contracts';
import { plan_diff } from '../../tests/fixture/rows';
import { PlanDiff, whatChanged } from './PlanDiff';
import { PlanIssues } from './PlanIssues';
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
      issues={[]}
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
  render(<PlanTree issues={[]} root={{ ...leaf, estimated_rows: null, total_cost: null }} />);
  expect(screen.getByRole('listitem')).not.toHaveTextContent(/rows|cost/);
});

const spill: PlanIssue = {
  ...{ kind: 'spill', path: [0], native_operator: 'Sort', schema: '', table: '' },
  ...{ sentence: 'Sort wrote 14 MB of temporary files.', figures: { spilled_bytes: 14_680_064 } },
};

test('a finding is marked at its step and at no other', () => {
  const sort: PlanNode = {
    ...leaf,
    operator: 'sort',
    native_operator: 'Sort',
    table: '',
    schema: '',
    children: [leaf],
  };
  const { container } = render(
    <PlanTree root={{ ...sort, native_operator: 'Top', children: [sort] }} issues={[spill]} />,
  );
  const [root, marked, other] = container.querySelectorAll('li');
  expect(within(marked as HTMLElement).getByText('spill to disk')).toBeInTheDocument();
  expect(root?.firstElementChild).not.toHaveTextContent('spill');
  expect(other).not.toHaveTextContent('spill');
});

test.each([
  ['says what, where and by which figures', [spill], /spill to disk.*14 MB.*Sort, at step 1 · spilled bytes 14\.7 M/],
  ['names the table', [{ ...spill, path: [], schema: 's', table: 't' }], /Sort on s\.t, at the root/],
  ['of a newer server stands as it is', [{ ...spill, kind: 'late_sort' as never }], /late sort/],
  ['are not there', [], /No step of this plan/],
])('the findings of a plan: %s', (_title, issues, text) => {
  const { container } = render(<PlanIssues issues={issues} />);
  expect(container).toHaveTextContent(text);
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
