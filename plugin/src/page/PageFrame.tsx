import type { ReactNode } from 'react';
import { PluginPage } from '@grafana/runtime';
import { RefreshPicker, Stack, Text, TimeRangePicker } from '@grafana/ui';
import { dateTime, type TimeRange } from '@grafana/data';
import { pagePath, type PageName } from '../App/paths';
import { InstancePicker } from './InstancePicker';
import type { Span } from './useSpan';

interface Props {
  readonly page: PageName;
  readonly title: string;
  readonly subtitle?: string;
  /** Set on a page below another one: its own path. */
  readonly path?: string;
  readonly parent_title?: string;
  readonly span: Span;
  readonly has_time?: boolean;
  readonly has_instance?: boolean;
  readonly children: ReactNode;
}

/** Title, instance, time range and refresh: alike on every page. */
export function PageFrame(props: Props) {
  const { page, title, subtitle, path, parent_title, span, has_time = true, has_instance = true, children } = props;
  const parent = parent_title === undefined ? {} : { parentItem: { text: parent_title, url: pagePath(page) } };
  return (
    <PluginPage
      pageNav={{ text: title, url: path ?? pagePath(page), ...(subtitle ? { subTitle: subtitle } : {}), ...parent }}
      actions={
        <Stack direction="row" gap={1} wrap="wrap" alignItems="center">
          {has_instance && <InstancePicker round={span.round} />}
          {has_time && <SpanPicker span={span} />}
          <RefreshPicker
            onRefresh={span.refresh}
            onIntervalChanged={() => undefined}
            value=""
            noIntervalPicker
            tooltip="Ask again now; pages that end now ask every 30 s"
          />
        </Stack>
      }
    >
      <div data-testid={`page-${page}`}>
        {has_time && span.note !== '' && (
          <p data-testid="span-note">
            <Text color="secondary">{span.note}</Text>
          </p>
        )}
        {children}
      </div>
    </PluginPage>
  );
}

function SpanPicker({ span }: { readonly span: Span }) {
  const { range, setRange } = span;
  const move = (by: number) => setRange(moved(range, by));
  return (
    <TimeRangePicker
      value={range}
      timeZone="browser"
      isOnCanvas
      onChange={(next) => setRange(next.raw)}
      onChangeTimeZone={() => undefined}
      onMoveBackward={() => move(-0.5)}
      onMoveForward={() => move(0.5)}
      onZoom={() => setRange(widened(range))}
    />
  );
}

function moved({ from, to }: TimeRange, by: number) {
  const shift_ms = (to.valueOf() - from.valueOf()) * by;
  return { from: dateTime(from.valueOf() + shift_ms), to: dateTime(to.valueOf() + shift_ms) };
}

function widened({ from, to }: TimeRange) {
  const half_ms = (to.valueOf() - from.valueOf()) / 2;
  return { from: dateTime(from.valueOf() - half_ms), to: dateTime(to.valueOf() + half_ms) };
}
