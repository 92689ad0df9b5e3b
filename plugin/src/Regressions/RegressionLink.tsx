import { Navigate, useLocation, useParams } from 'react-router-dom';
import { queryPath } from '../App/paths';
import { askView } from '../data/askView';
import { useLoaded } from '../data/useLoaded';
import { LoadedView } from '../page/LoadedView';
import { Nothing } from '../page/Nothing';
import { PageFrame } from '../page/PageFrame';
import { useSpan } from '../page/useSpan';

/** What an alert or a dashboard links to: it knows only the regression's id, and what is to be seen is on its query. */
export default function RegressionLink() {
  const { regression_id = '' } = useParams();
  const { search } = useLocation();
  const span = useSpan();
  const loading = useLoaded(regression_id, span.round, async () => {
    const rows = await askView('regressions_latest', { instance_id: '', state: '' });
    return rows.find((row) => row.regression_id === regression_id);
  });
  return (
    <PageFrame page="regressions" title="Regression" span={span} has_time={false} has_instance={false}>
      <LoadedView loading={loading}>
        {(row) => {
          if (row === undefined)
            return <Nothing title="This regression is not known">It may be older than the retention.</Nothing>;
          const kept = new URLSearchParams(search);
          kept.set('regression', regression_id);
          return <Navigate to={`${queryPath(row.instance_id, row.query_hash)}?${kept}`} replace />;
        }}
      </LoadedView>
    </PageFrame>
  );
}
