import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  ThresholdsConfigBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { DashboardCursorSync, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { clickhouseQuery, clickhouse_type } from './clickhouse-query.js';

const datasource = { type: clickhouse_type, uid: '${datasource}' };
const span = 'from = $__fromTime, to = $__toTime';
const step = 'step_s = greatest(toUInt32(60), toUInt32($__interval_s))';
const ask = (format: 'time_series' | 'table', sql: string) => clickhouseQuery(format, sql, datasource.uid);
const pageLink = (title: string, path: string) => [
  { id: 'links', value: [{ title, url: `/a/plumbline-app/${path}`, targetBlank: false }] },
];

const alertingAbove = (value: number) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: 'green' },
    { value, color: 'red' },
  ]);

const openRegressions = () =>
  new StatPanel()
    .title('Open regressions')
    .description('Queries that got worse than their baseline and have not come back.')
    .datasource(datasource)
    .withTarget(ask('table', "SELECT count() AS open FROM regressions_latest(instance_id = '', state = 'open')"))
    .thresholds(alertingAbove(1))
    .span(6)
    .height(5);

const lostSeconds = () =>
  new StatPanel()
    .title('Lost to regressions, per day')
    .description('Extra database seconds per day of all open regressions, against their baselines.')
    .datasource(datasource)
    .unit('s')
    .withTarget(
      ask(
        'table',
        "SELECT sum(extra_seconds_per_day) AS lost FROM regressions_latest(instance_id = '', state = 'open')",
      ),
    )
    .thresholds(alertingAbove(60))
    .span(6)
    .height(5);

const openRecommendations = () =>
  new StatPanel()
    .title('Recommendations waiting')
    .datasource(datasource)
    .withTarget(
      ask('table', "SELECT count() AS waiting FROM recommendations_latest(instance_id = '', state = 'proposed')"),
    )
    .span(6)
    .height(5);

const unhealthyAspects = () =>
  new StatPanel()
    .title('Aspects that need a hand')
    .description('Things Plumbline should collect and cannot: the Instances page gives the exact fix.')
    .datasource(datasource)
    .withTarget(
      ask(
        'table',
        "SELECT countIf(state NOT IN ('ok', 'disabled')) AS unhealthy FROM aspects_latest(instance_id = '')",
      ),
    )
    .thresholds(alertingAbove(1))
    .span(6)
    .height(5);

const load = () =>
  new TimeSeriesPanel()
    .title('Load')
    .description('Average number of statements running at once, per instance.')
    .datasource(datasource)
    .withTarget(
      ask(
        'time_series',
        `SELECT point_at AS time, instance_id, load FROM instance_series(instance_id = '', ${span}, ${step}) ORDER BY time`,
      ),
    )
    .span(12)
    .height(9);

const waits = () =>
  new TimeSeriesPanel()
    .title('What sessions wait for')
    .datasource(datasource)
    .withTarget(
      ask(
        'time_series',
        `SELECT point_at AS time, wait_class, load FROM instance_waits(instance_id = '', ${span}, ${step}) ORDER BY time`,
      ),
    )
    .span(12)
    .height(9);

const fleet = () =>
  new TablePanel()
    .title('Fleet')
    .datasource(datasource)
    .withTarget(
      ask(
        'table',
        `SELECT instance_id, engine_label, server_version, load, calls, total_time_s, open_regressions, open_recommendations, aspects_not_ok, last_seen_at FROM fleet(${span}) ORDER BY open_regressions DESC, load DESC`,
      ),
    )
    .overrideByName('total_time_s', [{ id: 'unit', value: 's' }])
    .overrideByName('instance_id', pageLink('Open the instance', 'instances'))
    .span(24)
    .height(8);

const worst = () =>
  new TablePanel()
    .title('What got worse, since when, why')
    .datasource(datasource)
    .withTarget(
      ask(
        'table',
        "SELECT onset_at, instance_id, severity, effect_ratio, extra_seconds_per_day, cause_sentence, template, regression_id FROM regressions_latest(instance_id = '', state = 'open') ORDER BY extra_seconds_per_day DESC LIMIT 50",
      ),
    )
    .overrideByName('extra_seconds_per_day', [{ id: 'unit', value: 's' }])
    .overrideByName('regression_id', pageLink('Open the regression', 'regressions/${__value.text}'))
    .span(24)
    .height(9);

const busiest = () =>
  new TablePanel()
    .title('Queries by total time')
    .datasource(datasource)
    .withTarget(
      ask(
        'table',
        `SELECT instance_id, template, calls, total_time_s, mean_time_us, share_of_instance_time, p95_us, percentile_origin FROM query_top(instance_id = '', ${span}, limit = 50)`,
      ),
    )
    .overrideByName('total_time_s', [{ id: 'unit', value: 's' }])
    .overrideByName('mean_time_us', [{ id: 'unit', value: 'µs' }])
    .overrideByName('p95_us', [{ id: 'unit', value: 'µs' }])
    .overrideByName('share_of_instance_time', [{ id: 'unit', value: 'percentunit' }])
    .span(24)
    .height(10);

/** One page for the whole fleet: what is open, what it costs, where the load is. Every panel selects from one view. */
export function fleetDashboard(): Dashboard {
  const panels = [
    openRegressions,
    lostSeconds,
    openRecommendations,
    unhealthyAspects,
    worst,
    load,
    waits,
    fleet,
    busiest,
  ];
  const dashboard = new DashboardBuilder('Plumbline fleet')
    .uid('plumbline-fleet')
    .tags(['plumbline'])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('ClickHouse').type(clickhouse_type));
  // Ids by place: an alert rule or a link that names a panel must find it again.
  panels.forEach((panel, place) => dashboard.withPanel(panel().id(place + 1)));
  return dashboard.build();
}
