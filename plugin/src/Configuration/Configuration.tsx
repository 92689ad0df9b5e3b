import { useState } from 'react';
import type { AppPluginMeta, PluginConfigPageProps } from '@grafana/data';
import { DataSourcePicker, getBackendSrv } from '@grafana/runtime';
import { Alert, Button, Field, Input, SecretInput } from '@grafana/ui';
import { lastValueFrom } from 'rxjs';
import type { AppSettings } from '../App/settings';
import { callApi } from '../data/callApi';
import { plugin_id } from '../App/plugin-id';
import { ProblemNote } from '../parts/ProblemNote';
import { clickhouse_type } from '../series/clickhouse-type';

interface Result {
  readonly error?: unknown;
  readonly done?: string;
}

/** A URL the server can call; '' when it is one. */
export function urlProblem(text: string): string {
  if (text.trim() === '') return 'Write the address of the Plumbline API, for example http://plumbline:8686';
  if (!URL.canParse(text) || !/^https?:/.test(text)) return 'An address starts with http:// or https://';
  return /\/api(\/v1)?\/?$/.test(text) ? 'Leave /api/v1 off: the app adds it' : '';
}

export default function Configuration({ plugin: { meta } }: PluginConfigPageProps<AppPluginMeta<AppSettings>>) {
  const [apiUrl, setApiUrl] = useState(meta.jsonData?.apiUrl ?? '');
  const [datasourceUid, setDatasourceUid] = useState(meta.jsonData?.datasourceUid ?? '');
  const [apiToken, setApiToken] = useState('');
  const [has_token, setHasToken] = useState(Boolean(meta.secureJsonFields?.['apiToken']));
  const [is_busy, setBusy] = useState(false);
  const [result, setResult] = useState<Result>({});
  const problem = urlProblem(apiUrl);

  const run = async (what: () => Promise<string>) => {
    setBusy(true);
    setResult({});
    try {
      setResult({ done: await what() });
    } catch (error) {
      setResult({ error });
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    run(async () => {
      await saveSettings({ apiUrl: apiUrl.trim(), datasourceUid }, apiToken);
      if (apiToken !== '') setHasToken(true);
      setApiToken('');
      return 'Saved. Reload the page so that open tabs use it.';
    });
  const test = () =>
    run(async () => {
      const { name, role } = await callApi<{ name: string; role: string }>({ path: '/me' });
      return `The API answers: the saved token is "${name}" with the role ${role}.`;
    });

  return (
    <div style={{ maxWidth: 640 }} data-testid="configuration">
      <Field label="API address" description="As Grafana's server reaches it" invalid={problem !== ''} error={problem}>
        <Input
          id="api-url"
          value={apiUrl}
          placeholder="http://127.0.0.1:8686"
          onChange={(event) => setApiUrl(event.currentTarget.value)}
        />
      </Field>
      <Field label="API token" description="Kept by Grafana, encrypted; browsers never see it">
        <SecretInput
          id="api-token"
          isConfigured={has_token}
          value={apiToken}
          placeholder="A token of the server, role operator or admin"
          onChange={(event) => setApiToken(event.currentTarget.value)}
          onReset={() => setHasToken(false)}
        />
      </Field>
      <Field label="ClickHouse data source" description="Charts ask it for time series">
        <DataSourcePicker
          current={datasourceUid || null}
          noDefault
          type={clickhouse_type}
          onChange={({ uid }) => setDatasourceUid(uid)}
        />
      </Field>
      <ProblemNote error={result.error} />
      {result.done && <Alert severity="success" title={result.done} data-testid="configuration-done" />}
      <Button onClick={() => void save()} disabled={is_busy || problem !== ''}>
        Save
      </Button>{' '}
      <Button variant="secondary" onClick={() => void test()} disabled={is_busy}>
        Test what is saved
      </Button>
    </div>
  );
}

/** Only a token that was typed is sent, so that saving the rest keeps the old one. */
async function saveSettings(jsonData: AppSettings, apiToken: string): Promise<void> {
  await lastValueFrom(
    getBackendSrv().fetch({
      url: `/api/plugins/${plugin_id}/settings`,
      method: 'POST',
      showErrorAlert: false,
      data: { enabled: true, pinned: true, jsonData, ...(apiToken === '' ? {} : { secureJsonData: { apiToken } }) },
    }),
  );
}
