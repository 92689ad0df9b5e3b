import type { ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, type IconName } from '@grafana/ui';

interface Props {
  readonly icon?: IconName;
  readonly title: string;
  /** Why there is nothing, or what to do so that there is something. */
  readonly children?: ReactNode;
}

/** An empty answer says whether that is good news or a missing step. */
export function Nothing({ icon = 'info-circle', title, children }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.box} data-testid="nothing">
      <Icon name={icon} size="xl" className={styles.icon} />
      <div>
        <div className={styles.title}>{title}</div>
        {children && <div className={styles.why}>{children}</div>}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(2),
    padding: theme.spacing(2),
    background: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default,
  }),
  icon: css({ color: theme.colors.text.secondary, flexShrink: 0 }),
  title: css({ fontWeight: theme.typography.fontWeightMedium }),
  why: css({ color: theme.colors.text.secondary }),
});
