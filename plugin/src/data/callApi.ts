import { getBackendSrv } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { plugin_id } from '../App/plugin-id';
import { ApiError } from './ApiError';
import { problemOf } from './problemOf';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number>>;

const base = `/api/plugin-proxy/${plugin_id}/api/v1`;

export interface Call {
  readonly method?: Method;
  /** Below /api/v1, each part encoded by the caller. */
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  /** The answer is a file: it comes as a Blob, whatever it holds. */
  readonly is_file?: boolean;
}

/**
 * One call through Grafana's plugin proxy, which adds the token.
 * @throws ApiError, always with a problem a person can act on.
 */
export async function callApi<Answer>({
  method = 'GET',
  path,
  query = {},
  body,
  is_file = false,
}: Call): Promise<Answer> {
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString();
  try {
    const { data } = await lastValueFrom(
      getBackendSrv().fetch<Answer>({
        url: `${base}${path}${search === '' ? '' : `?${search}`}`,
        method,
        showErrorAlert: false,
        ...(body === undefined ? {} : { data: body }),
        ...(is_file ? { responseType: 'blob' as const } : {}),
      }),
    );
    return data;
  } catch (error) {
    throw new ApiError(problemOf(error), { cause: error });
  }
}
