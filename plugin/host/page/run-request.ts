import { LoadingState, type DataQueryRequest, type DataSourceApi, type PanelData } from '@grafana/data';
import { catchError, from, isObservable, map, of, startWith, type Observable } from 'rxjs';

/** Grafana's runRequest without streaming and cancelling: loading, then done or error. */
export function runRequest(source: DataSourceApi, request: DataQueryRequest): Observable<PanelData> {
  const answer = source.query(request);
  const base = { series: [], annotations: [], timeRange: request.range, request };
  return (isObservable(answer) ? answer : from(answer)).pipe(
    map((response): PanelData => ({
      ...base,
      state: response.errors?.length || response.error ? LoadingState.Error : LoadingState.Done,
      series: response.data ?? [],
      ...(response.errors ? { errors: response.errors, error: response.errors[0] } : {}),
    })),
    catchError((error: unknown) =>
      of({ ...base, state: LoadingState.Error, error: { message: String((error as Error).message ?? error) } }),
    ),
    startWith({ ...base, state: LoadingState.Loading } as PanelData),
  );
}
