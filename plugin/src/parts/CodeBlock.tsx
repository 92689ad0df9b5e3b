import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, useStyles2 } from '@grafana/ui';

/** Statements to run or to read, always with a copy button. */
export function CodeBlock({ text, label }: { readonly text: string; readonly label: string }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.block}>
      <pre className={styles.text} aria-label={label}>
        {text}
      </pre>
      <ClipboardButton
        className={styles.copy}
        icon="copy"
        variant="secondary"
        fill="text"
        size="sm"
        aria-label={`Copy ${label}`}
        getText={() => text}
      >
        Copy
      </ClipboardButton>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  block: css({
    display: 'flex',
    alignItems: 'flex-start',
    background: theme.colors.background.canvas,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    marginBottom: theme.spacing(1),
  }),
  text: css({
    flex: 1,
    minWidth: 0,
    margin: 0,
    padding: theme.spacing(1, 1.5),
    maxHeight: 320,
    overflow: 'auto',
    background: 'none',
    border: 0,
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'pre-wrap',
    // Grafana breaks every `pre` anywhere; a name cut in two cannot be read or searched.
    wordBreak: 'normal',
    overflowWrap: 'anywhere',
  }),
  copy: css({ flexShrink: 0, margin: theme.spacing(0.5) }),
});
