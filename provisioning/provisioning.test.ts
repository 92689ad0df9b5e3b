import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews, migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { parse } from 'yaml';
import { alertRulesFile } from './alert-rules.js';
import { clickhouse_uid } from './clickhouse-query.js';
import { dashboards } from './dashboards/index.js';
import { provisioningFiles } from './generate.js';

interface Model {
  readonly rawSql?: string;
}
interface RuleInFile {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly noDataState: string;
  readonly annotations: Record<string, string>;
  readonly data: readonly { readonly refId: string; readonly datasourceUid: string; readonly model: Model }[];
}

interface PanelInFile {
  readonly id?: number;
  readonly title?: string;
  readonly description?: string;
  readonly targets?: readonly Model[];
  readonly datasource?: { readonly uid?: string };
  readonly fieldConfig: {
    readonly defaults: { readonly unit?: string };
    readonly overrides: readonly OverrideInFile[];
  };
}
interface OverrideInFile {
  readonly matcher: { readonly options: string };
}

const built = [...dashboards].map(([name, build]) => [name, build()] as const);
const panelsOf = (dashboard: Dashboard): readonly PanelInFile[] => (dashboard.panels ?? []) as PanelInFile[];
const every_panel = built.flatMap(([name, dashboard]) =>
  panelsOf(dashboard).map((panel) => [name, panel.title ?? '', panel] as const),
);
const rules = (alertRulesFile()['groups'] as { rules: RuleInFile[] }[]).flatMap((group) => group.rules);

/** The data source plugin's macros that our queries use, expanded as its server part does. */
const expand = (sql: string): string =>
  sql
    .replaceAll('$__fromTime', 'toDateTime(1795000000)')
    .replaceAll('$__toTime', 'toDateTime(1795086400)')
    .replaceAll('$__interval_s', '300')
    .replaceAll('${instance:sqlstring}', "'o''hara'")
    .replaceAll('${query_hash:sqlstring}', "'0123456789abcdef'");

let directory: string;
let store: Store;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'plumbline-provisioning-'));
  store = await openStore(`chdb://${join(directory, 'store')}`);
  await migrate(store);
  await createViews(store);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const typesOf = (sql: string) => store.query<{ name: string; type: string }>(`DESCRIBE (${expand(sql)})`);

describe('dashboards', () => {
  it.each(every_panel)(
    '%s: "%s" asks what the store answers, names its columns and says what it is',
    async (_name, _title, panel) => {
      expect(panel.description).not.toBe('');
      expect(panel.targets).toHaveLength(1);
      const sql = panel.targets?.[0]?.rawSql ?? '';
      const columns = (await typesOf(sql)).map(({ name }) => name);
      for (const { matcher } of panel.fieldConfig.overrides) expect(columns).toContain(matcher.options);
      await expect(store.query(expand(sql))).resolves.toEqual(expect.any(Array));
    },
  );

  it.each(every_panel)('%s: "%s" selects from one view and knows every macro', (_name, _title, { targets }) => {
    const sql = targets?.[0]?.rawSql ?? '';
    expect(sql.match(/\bFROM\b/g)).toHaveLength(1);
    expect(expand(sql)).not.toContain('$');
  });

  it.each(built)('%s: its variables are answered by the store', async (_name, dashboard) => {
    for (const { name, query } of dashboard.templating?.list ?? []) {
      if (name === 'datasource') continue;
      expect((await typesOf(String(query))).map(({ type }) => type)).toEqual([expect.stringContaining('String')]);
    }
  });

  it.each(built)('%s: every panel knows only variables that the dashboard has', (_name, dashboard) => {
    const known = (dashboard.templating?.list ?? []).map(({ name }) => name);
    for (const [, used] of JSON.stringify(dashboard).matchAll(/\$\{(\w+)(?::\w+)?\}/g)) expect(known).toContain(used);
  });

  it.each(built)('%s: names its data source by variable only', (_name, dashboard) => {
    expect(new Set(panelsOf(dashboard).map(({ datasource }) => datasource?.uid))).toEqual(new Set(['${datasource}']));
    expect(JSON.stringify(dashboard)).not.toContain(clickhouse_uid);
  });

  it.each(built)('%s: has a uid, a title and a different id on every panel', (name, dashboard) => {
    expect([dashboard.uid, dashboard.title]).toEqual([`plumbline-${name}`, expect.stringMatching(/^Plumbline /)]);
    const ids = panelsOf(dashboard).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(every_panel)('%s: the links of "%s" lead to pages that the app has', (_name, _title, panel) => {
    for (const [, path] of JSON.stringify(panel.fieldConfig).matchAll(/"\/a\/plumbline-app\/([^"]*)"/g))
      expect(path).toMatch(
        /^(queries\/[^/]+\/[^/]+|regressions\/[^/]+|recommendations\/[^/]+|(instances|workload)\?var-instance=.+)$/,
      );
  });
});

describe('alert rules', () => {
  it.each(rules.map((rule) => [rule.title, rule] as const))(
    '"%s" gives exactly one number; all else is text and becomes a label',
    async (_title, rule) => {
      const columns = await typesOf(rule.data[0]?.model.rawSql ?? '');
      const numeric = columns.filter(({ type }) => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type));
      expect(numeric.map(({ name }) => name)).toEqual(['value']);
      const others = columns.filter(({ name }) => name !== 'value');
      for (const { type } of others) expect(type).toMatch(/^(LowCardinality\()?String/);
    },
  );

  it.each(rules.map((rule) => [rule.title, rule] as const))(
    '"%s" names only labels that its query gives',
    async (_title, rule) => {
      const columns = (await typesOf(rule.data[0]?.model.rawSql ?? '')).map(({ name }) => name);
      const text = Object.values(rule.annotations).join(' ');
      for (const [, label] of text.matchAll(/\.Labels\.(\w+)/g)) expect(columns).toContain(label);
      for (const [, refId] of text.matchAll(/\.Values\.(\w+)/g))
        expect(rule.data.map((query) => query.refId)).toContain(refId);
    },
  );

  it('are quiet without rows and loud when the store fails', () => {
    for (const rule of rules) expect(rule).toMatchObject({ noDataState: 'OK', execErrState: 'Error', condition: 'B' });
  });

  it('write no "$" that a provisioning file would expand', () => {
    for (const rule of rules) expect(JSON.stringify([rule.annotations, rule.title])).not.toContain('$');
  });
});

describe('provisioning files', () => {
  it.each([...provisioningFiles()].filter(([path]) => path.endsWith('.yaml')))(
    '%s is YAML of version 1',
    (_path, text) => {
      expect(parse(text)).toMatchObject({ apiVersion: 1 });
    },
  );

  it('hold no secret, only the names of environment variables', () => {
    for (const text of provisioningFiles().values()) {
      for (const [, value] of text.matchAll(/(?:password|apiToken): (.*)/g)) expect(value).toMatch(/^\$PLUMBLINE_/);
    }
  });
});
