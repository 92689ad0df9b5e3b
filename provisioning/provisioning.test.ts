import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createViews, migrate, openStore } from '@plumbline/clickhouse';
import type { Store } from '@plumbline/clickhouse';
import { parse } from 'yaml';
import { alertRulesFile } from './alert-rules.js';
import { clickhouse_uid } from './clickhouse-query.js';
import { fleetDashboard } from './fleet-dashboard.js';
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

const dashboard = fleetDashboard();
const panels = (dashboard.panels ?? []) as {
  id?: number;
  title?: string;
  targets?: Model[];
  datasource?: { uid?: string };
}[];
const rules = (alertRulesFile()['groups'] as { rules: RuleInFile[] }[]).flatMap((group) => group.rules);

/** The data source plugin's macros that our queries use, expanded as its server part does. */
const expand = (sql: string): string =>
  sql
    .replaceAll('$__fromTime', 'toDateTime(1795000000)')
    .replaceAll('$__toTime', 'toDateTime(1795086400)')
    .replaceAll('$__interval_s', '300');

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

describe('the fleet dashboard', () => {
  it.each(panels.map((panel) => [panel.title ?? '', panel] as const))(
    'panel "%s" asks what the store answers',
    async (_title, panel) => {
      expect(panel.targets).toHaveLength(1);
      for (const { rawSql } of panel.targets ?? []) {
        expect((await typesOf(rawSql ?? '')).length).toBeGreaterThan(0);
        await expect(store.query(expand(rawSql ?? ''))).resolves.toEqual(expect.any(Array));
      }
    },
  );

  it('refers to its data source by variable only', () => {
    expect(new Set(panels.map(({ datasource }) => datasource?.uid))).toEqual(new Set(['${datasource}']));
    expect(JSON.stringify(dashboard)).not.toContain(clickhouse_uid);
  });

  it('has a uid, a title and a different id on every panel', () => {
    expect(dashboard.uid).toBe('plumbline-fleet');
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('uses no macro that the test does not know', () => {
    for (const { targets } of panels) expect(expand(targets?.[0]?.rawSql ?? '')).not.toContain('$__');
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
