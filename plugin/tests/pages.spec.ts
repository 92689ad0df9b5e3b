import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { percentileLabel } from '../src/format/percentileLabel';
import type { EnginePublic, PlanIssuesAnswer, ViewAnswer, ViewName, ViewRow } from '@plumbline/contracts';

const app = '/a/plumbline-app';
const api = '/api/plugin-proxy/plumbline-app/api/v1';

/** What the pages should show is taken from the data, so that the same specs run on any store. */
async function rows<Name extends ViewName>(page: Page, name: Name, query = ''): Promise<readonly ViewRow<Name>[]> {
  const answer = await page.request.get(`${api}/views/${name}?${query}`);
  expect(answer.status(), `GET ${name}`).toBe(200);
  return ((await answer.json()) as ViewAnswer<ViewRow<Name>>).rows;
}
const regressions = (page: Page) => rows(page, 'regressions_latest', 'instance_id=&state=');
const recommendations = (page: Page) => rows(page, 'recommendations_latest', 'instance_id=&state=');

function keepScreenshot(page: Page, variant: string, name: string) {
  return page.screenshot({ path: `test-results/screenshots/${variant}/${name}.png`, fullPage: true });
}

const faults: string[] = [];
test.beforeEach(({ page }) => {
  faults.length = 0;
  page.on('pageerror', (error) => faults.push(String(error)));
});
test.afterEach(() => expect(faults, 'no fault while drawing').toEqual([]));

async function opened(page: Page, path: string) {
  await page.goto(`${app}${path}`);
  await expect(page.getByText('Loading…')).toHaveCount(0);
  await expect(page.getByTestId('error-view')).toHaveCount(0);
}

test('Overview names what got worse and why', async ({ page }, { project }) => {
  const open = (await regressions(page)).filter(({ state }) => state === 'open');
  await opened(page, '/overview');
  await expect(
    page.getByTestId('worsening').or(page.getByText('Nothing is worse than its baseline')).first(),
  ).toBeVisible();
  for (const { cause_sentence } of open.slice(0, 1)) await expect(page.getByText(cause_sentence).first()).toBeVisible();
  await expect(page.getByTestId('panel Statements running at once').locator('canvas').first()).toBeVisible();
  await keepScreenshot(page, project.name, 'overview');
});

test('Regressions lists them and its links keep the time range', async ({ page }, { project }) => {
  const [first] = await regressions(page);
  test.skip(first === undefined, 'the store holds no regression');
  await opened(page, '/regressions?state=all&from=now-3h&to=now');
  await keepScreenshot(page, project.name, 'regressions');
  await page.getByRole('link', { name: first?.cause_sentence }).first().click();
  await expect(page).toHaveURL(new RegExp(`/queries/.*from=now-3h`));
});

test('Queries leads to a query with its text, band and plan', async ({ page }, { project }) => {
  await opened(page, '/queries');
  await keepScreenshot(page, project.name, 'queries');
  const [regression] = await regressions(page);
  const [top] = await rows(
    page,
    'query_top',
    `instance_id=&limit=1&from=${encodeURIComponent(utcAgo(6))}&to=${encodeURIComponent(utcAgo(0))}`,
  );
  const chosen = regression ?? top;
  test.skip(chosen === undefined, 'the store holds no query');
  await opened(page, `/queries/${chosen?.instance_id}/${chosen?.query_hash}`);
  await expect(page.getByLabel('query text', { exact: true })).toContainText((chosen?.template ?? '').slice(0, 30));
  await expect(page.getByTestId('panel Time per run').locator('canvas').first()).toBeVisible();
  for (const label of await percentilesOf(page, chosen)) await expect(page.getByText(label).first()).toBeVisible();
  await keepScreenshot(page, project.name, 'query');
  await expectFindingsOfPlan(page, chosen);
  await keepScreenshot(page, project.name, 'query-plan');
});

/** Beside the newest plan stands what it does at a price, as the API tells it. */
async function expectFindingsOfPlan(page: Page, chosen: { instance_id: string; query_hash: string } | undefined) {
  const [newest] = await rows(
    page,
    'query_plans',
    `instance_id=${chosen?.instance_id}&query_hash=${chosen?.query_hash}`,
  );
  if (newest === undefined) return;
  await page.getByRole('tab', { name: `Now (${newest.plan_hash.slice(0, 6)})` }).click();
  await expect(page.getByLabel('Plan', { exact: true })).toBeVisible();
  const path = `/instances/${chosen?.instance_id}/queries/${chosen?.query_hash}/plan-issues?plan=${newest.plan_hash}`;
  const { issues } = (await (await page.request.get(`${api}${path}`)).json()) as PlanIssuesAnswer;
  for (const { sentence } of issues) await expect(page.getByText(sentence)).toBeVisible();
  if (issues.length === 0) await expect(page.getByText('No step of this plan')).toBeVisible();
}

/** The names that the rows of the chart's own view give its percentile. */
async function percentilesOf(page: Page, chosen: { instance_id: string; query_hash: string } | undefined) {
  const span = { from: utcAgo(6), to: utcAgo(0), step_s: '60' };
  const query = new URLSearchParams({
    ...{ instance_id: chosen?.instance_id ?? '', query_hash: chosen?.query_hash ?? '' },
    ...span,
  });
  const points = await rows(page, 'query_series', String(query));
  return new Set(points.map(({ percentile_origin }) => percentileLabel('p95', percentile_origin)));
}

const utcAgo = (hours: number) =>
  new Date(Date.now() - hours * 3_600_000).toISOString().replace('T', ' ').replace('Z', '');

test('Workload tells the kind of work, its hours and what stands for it, also as a file', async ({ page }, {
  project,
}) => {
  const span = new URLSearchParams({ instance_id: '', from: utcAgo(6), to: utcAgo(0) });
  const [pattern] = await rows(page, 'workload_pattern', String(span));
  test.skip(pattern === undefined, 'the store holds no statement');
  await opened(page, `/workload?var-instance=${pattern?.instance_id}&from=now-6h&to=now`);
  await expect(page.getByTestId('class-reasons')).toBeVisible();
  await expect(page.getByTestId('peak-hours')).toBeVisible();
  await expect(page.getByTestId('completeness-band')).toBeVisible();
  await keepScreenshot(page, project.name, 'workload');
  for (const format of ['JSON', 'SQL', 'Parquet']) {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Download ${format}` }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`workload-${pattern?.instance_id}.${format.toLowerCase()}`);
  }
  await expect(page.getByTestId('problem-note')).toHaveCount(0);
});

test('Recommendation takes an answer and shows it', async ({ page }, { project }) => {
  const all = await recommendations(page);
  const advice = all.find(({ state }) => state === 'proposed') ?? all[0];
  test.skip(advice === undefined, 'the store holds no recommendation');
  await opened(page, '/recommendations?state=all');
  await keepScreenshot(page, project.name, 'recommendations');
  await page.getByRole('link', { name: advice?.title }).first().click();
  await expect(page.getByRole('heading', { name: advice?.title })).toBeVisible();
  await keepScreenshot(page, project.name, 'recommendation');
  const note = `looked at by the ${project.name} browser test`;
  await page.getByPlaceholder('Why, when, by whom').fill(note);
  const accept = page.getByRole('button', { name: 'Accept', exact: true });
  await ((await accept.count()) > 0 ? accept : page.getByRole('button', { name: 'Add note' })).click();
  await expect(page.getByText(note)).toBeVisible();
  if (advice?.state === 'proposed') await expect(page.getByText('Accepted', { exact: true }).first()).toBeVisible();
  await keepScreenshot(page, project.name, 'recommendation-answered');
});

test('an applied recommendation shows before and after', async ({ page }, { project }) => {
  const measured = (await recommendations(page)).find(({ measurement }) => measurement !== '');
  test.skip(measured === undefined, 'the store holds no measurement');
  await opened(page, `/recommendations/${measured?.recommendation_id}`);
  await expect(page.getByRole('heading', { name: 'Before and after' })).toBeVisible();
  await keepScreenshot(page, project.name, 'recommendation-measured');
});

test('Instances tests a connection and names wrong fields of a new one', async ({ page }, { project }) => {
  await opened(page, '/instances');
  const kept_out = await rows(
    page,
    'quarantine_summary',
    `instance_id=&from=${encodeURIComponent(utcAgo(24))}&to=${encodeURIComponent(utcAgo(0))}`,
  );
  for (const { reason } of kept_out.slice(0, 3)) {
    await expect(page.getByTestId('quarantined').getByText(reason).first()).toBeVisible();
  }
  await page.getByRole('button', { name: 'Test connection' }).first().click();
  await expect(page.getByTestId('checkups')).toBeVisible();
  await page.getByRole('button', { name: 'Add instance' }).click();
  const engines = (await (await page.request.get(`${api}/engines`)).json()) as readonly EnginePublic[];
  await page.getByRole('combobox', { name: 'Engine' }).click();
  for (const { label } of engines) await expect(page.getByRole('option', { name: label, exact: true })).toBeVisible();
  const [first] = engines;
  await page.getByRole('option', { name: first?.label ?? '', exact: true }).click();
  await expect(page.getByRole('spinbutton', { name: 'Port' })).toHaveAttribute(
    'placeholder',
    String(first?.default_port),
  );
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByTestId('problem-note')).toBeVisible();
  await keepScreenshot(page, project.name, 'instances');
});

test('Configuration tests the saved connection', async ({ page }, { project }) => {
  await page.goto('/plugins/plumbline-app');
  await page.getByRole('button', { name: 'Test what is saved' }).click();
  await expect(page.getByTestId('configuration-done')).toContainText('The API answers');
  await page.getByLabel('API address').fill('not an address');
  await expect(page.getByText('An address starts with http')).toBeVisible();
  await keepScreenshot(page, project.name, 'configuration');
});

for (const path of ['/overview', '/regressions', '/queries', '/workload', '/recommendations', '/instances']) {
  test(`${path} says so when the API is down`, async ({ page }, { project }) => {
    await page.goto(`${process.env[`PLUMBLINE_HOST_DOWN_${project.name.replace('.', '_')}`]}${app}${path}`);
    await expect(page.getByTestId('error-view').first()).toContainText('The Plumbline API does not answer');
    await expect(page.getByRole('button', { name: 'Reload' }).first()).toBeVisible();
    if (path === '/overview') await keepScreenshot(page, project.name, 'api-down');
  });
}

test('a wrong token is told as such', async ({ page }, { project }) => {
  await page.goto(`${process.env[`PLUMBLINE_HOST_TOKEN_${project.name.replace('.', '_')}`]}${app}/overview`);
  await expect(page.getByTestId('error-view').first()).toContainText('Set a valid API token');
  await keepScreenshot(page, project.name, 'wrong-token');
});
