import type { ReactNode } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

export interface Figure {
  readonly label: string;
  readonly value: ReactNode;
  readonly hint?: ReactNode;
  readonly tone?: 'good' | 'bad' | 'plain';
}

/** A row of figures with their meaning in words below. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.row}>
      {figures.map(({ label, value, hint, tone = 'plain' }) => (
        <div key={label} className={styles.figure}>
          <dt className={styles.label}>{label}</dt>
          <dd className={styles[tone]}>{value}</dd>
          {hint && <dd className={styles.hint}>{hint}</dd>}
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => {
  const value = { ...theme.typography.h3, margin: 0, whiteSpace: 'nowrap' } as const;
  return {
    row: css({
      display: 'grid',
      gridTemplateColumns: 'repeat(auto-fit, minmax(180px, 1fr))',
      gap: theme.spacing(1.5),
      margin: theme.spacing(0, 0, 3),
    }),
    figure: css({
      padding: theme.spacing(1.5, 2),
      background: theme.colors.background.primary,
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
    }),
    label: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize, fontWeight: 400 }),
    good: css({ ...value, color: theme.colors.success.text }),
    bad: css({ ...value, color: theme.colors.error.text }),
    plain: css(value),
    hint: css({ margin: 0, color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  };
};
