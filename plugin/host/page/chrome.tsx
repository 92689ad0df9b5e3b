import type { ReactNode } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2, NavModelItem } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { Link, useLocation } from 'react-router-dom-v5-compat';

const { plugin_json, grafana_version } = window.plumblinePreview;
interface Include {
  readonly type: string;
  readonly name: string;
  readonly path: string;
}
const pages = (plugin_json.includes as readonly Include[]).filter(({ type }) => type === 'page');

export function Chrome({ children }: { readonly children: ReactNode }) {
  const styles = useStyles2(getStyles);
  const { pathname } = useLocation();
  return (
    <div className={styles.frame}>
      <nav className={styles.nav}>
        <div className={styles.brand}>
          <img src={`/public/plugins/${plugin_json.id}/img/logo.svg`} alt="" width={24} height={24} />{' '}
          {plugin_json.name}
        </div>
        {pages.map(({ name, path }) => (
          <Link key={path} to={path} className={cx(styles.link, pathname.startsWith(path) && styles.active)}>
            {name}
          </Link>
        ))}
        <div className={styles.note}>Preview host with Grafana {grafana_version} packages. Not a Grafana server.</div>
      </nav>
      <main className={styles.main}>{children}</main>
    </div>
  );
}

interface PageProps {
  readonly pageNav?: NavModelItem;
  readonly subTitle?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** Stands in for the page component Grafana lends to plugins. */
export function PreviewPage({ pageNav, subTitle, actions, children }: PageProps) {
  const styles = useStyles2(getStyles);
  const parent = pageNav?.parentItem;
  return (
    <div className={styles.page}>
      {parent && (
        <div className={styles.crumb}>
          <Link to={parent.url ?? ''}>{parent.text}</Link> <Icon name="angle-right" />
        </div>
      )}
      <header className={styles.header}>
        <div>
          <h1 className={styles.title}>{pageNav?.text ?? plugin_json.name}</h1>
          <div className={styles.subtitle}>{subTitle ?? pageNav?.subTitle}</div>
        </div>
        <div>{actions}</div>
      </header>
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({ display: 'flex', minHeight: '100vh', background: theme.colors.background.canvas }),
  nav: css({
    width: 200,
    flexShrink: 0,
    display: 'flex',
    flexDirection: 'column',
    padding: theme.spacing(2, 1),
    background: theme.colors.background.primary,
    borderRight: `1px solid ${theme.colors.border.weak}`,
    position: 'sticky',
    top: 0,
    height: '100vh',
  }),
  brand: css({
    display: 'flex',
    gap: theme.spacing(1),
    alignItems: 'center',
    padding: theme.spacing(0, 1, 2),
    ...theme.typography.h5,
  }),
  link: css({
    padding: theme.spacing(0.75, 1),
    borderRadius: theme.shape.radius.default,
    color: theme.colors.text.secondary,
  }),
  active: css({ color: theme.colors.text.primary, background: theme.colors.action.selected }),
  note: css({
    marginTop: 'auto',
    padding: theme.spacing(1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  main: css({ flex: 1, minWidth: 0, padding: theme.spacing(3) }),
  page: css({ maxWidth: 1600, margin: '0 auto' }),
  crumb: css({ color: theme.colors.text.secondary, marginBottom: theme.spacing(0.5) }),
  header: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(2),
    marginBottom: theme.spacing(3),
  }),
  title: css({ ...theme.typography.h2, margin: 0 }),
  subtitle: css({ color: theme.colors.text.secondary, maxWidth: 900 }),
});
