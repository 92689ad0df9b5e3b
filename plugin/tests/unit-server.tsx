import type { ReactElement } from 'react';
import { setBackendSrv } from '@grafana/runtime';
import { render } from '@testing-library/react';
import { MemoryRouter, Route, Routes } from 'react-router-dom';
import { Observable } from 'rxjs';
import { answerApi, makeState } from './fixture-api';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** Grafana's BackendSrv over the fixture's answers, without a socket. `fail` makes every call fail as Grafana tells it. */
export function lendBackend(fail?: unknown): { sent: Sent[]; state: ReturnType<typeof makeState> } {
  const state = makeState();
  const sent: Sent[] = [];
  const fetch = ({ url, method = 'GET', data }: { url: string; method?: string; data?: unknown }) =>
    new Observable((subscriber) => {
      const { pathname, searchParams } = new URL(url, 'http://grafana');
      const path = pathname.split('/api/v1')[1] ?? pathname;
      sent.push({ method, path, body: data });
      const { status, body } = answerApi(state, {
        method,
        path,
        query: searchParams,
        body: (data ?? {}) as Record<string, string>,
      });
      if (fail !== undefined) subscriber.error(fail);
      else if (status >= 400) subscriber.error({ status, data: body });
      else {
        subscriber.next({ data: body, status });
        subscriber.complete();
      }
    });
  setBackendSrv({ fetch } as never);
  return { sent, state };
}

export function renderAt(path: string, pattern: string, element: ReactElement) {
  return render(
    <MemoryRouter initialEntries={[path]}>
      <Routes>
        <Route path={pattern} element={element} />
      </Routes>
    </MemoryRouter>,
  );
}
