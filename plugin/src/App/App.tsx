import { Component, lazy, Suspense, type ReactNode } from 'react';
import type { AppRootProps } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import { Navigate, Route, Routes } from 'react-router-dom';
import { ErrorView } from '../page/ErrorView';
import { SpanFitter } from '../page/SpanFitter';
import { pagePath } from './paths';
import type { AppSettings } from './settings';
import { SettingsContext } from './SettingsContext';

const Overview = lazy(() => import('../Overview/Overview'));
const Regressions = lazy(() => import('../Regressions/Regressions'));
const RegressionLink = lazy(() => import('../Regressions/RegressionLink'));
const Queries = lazy(() => import('../Queries/Queries'));
const Query = lazy(() => import('../Query/Query'));
const Workload = lazy(() => import('../Workload/Workload'));
const Recommendations = lazy(() => import('../Recommendations/Recommendations'));
const Recommendation = lazy(() => import('../Recommendation/Recommendation'));
const Instances = lazy(() => import('../Instances/Instances'));

export default function App({ meta }: AppRootProps<AppSettings>) {
  return (
    <SettingsContext.Provider value={meta.jsonData ?? {}}>
      <PageBoundary>
        <Suspense fallback={<LoadingPlaceholder text="" />}>
          <SpanFitter>
            <Routes>
              <Route path="overview" element={<Overview />} />
              <Route path="regressions" element={<Regressions />} />
              <Route path="regressions/:regression_id" element={<RegressionLink />} />
              <Route path="queries" element={<Queries />} />
              <Route path="queries/:instance_id/:query_hash" element={<Query />} />
              <Route path="workload" element={<Workload />} />
              <Route path="recommendations" element={<Recommendations />} />
              <Route path="recommendations/:recommendation_id" element={<Recommendation />} />
              <Route path="instances" element={<Instances />} />
              <Route path="*" element={<Navigate to={pagePath('overview')} replace />} />
            </Routes>
          </SpanFitter>
        </Suspense>
      </PageBoundary>
    </SettingsContext.Provider>
  );
}

/** A fault while drawing ends in the same view as a failed request; only class components can catch one. */
class PageBoundary extends Component<{ readonly children: ReactNode }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ErrorView error={this.state.error} reload={() => this.setState({ error: undefined })} />;
  }
}
