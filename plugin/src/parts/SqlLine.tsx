import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

/** A statement on one line, cut at the end; whole on hover. */
export function SqlLine({ text }: { readonly text: string }) {
  const styles = useStyles2(getStyles);
  const line = text.replace(/\s+/g, ' ').trim();
  return (
    <code className={styles.line} title={line}>
      {line === '' ? '(text not seen yet)' : line}
    </code>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'block',
    maxWidth: '100%',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.primary,
    background: 'none',
    border: 0,
    padding: 0,
  }),
});
