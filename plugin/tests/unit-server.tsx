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

export interface Lent {
  readonly sent: Sent[];
  readonly state: ReturnType<typeof makeState>;
  /** From now on nothing is answered. */
  hold(): void;
}

/** Grafana's BackendSrv over the fixture's answers, without a socket. `fail` makes every call fail as Grafana tells it. */
export function lendBackend(fail?: unknown): Lent {
  const state = makeState();
  const sent: Sent[] = [];
  let is_held = false;
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
      if (is_held) return;
      if (fail !== undefined) subscriber.error(fail);
      else if (status >= 400) subscriber.error({ status, data: body });
      else {
        subscriber.next({ data: body, status });
        subscriber.complete();
      }
    });
  setBackendSrv({ fetch } as never);
  return { sent, state, hold: () => void (is_held = true) };
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
