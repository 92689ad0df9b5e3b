import { useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import type { InstancePublic, ViewRow } from '@plumbline/contracts';
import { Button, Stack, useStyles2 } from '@grafana/ui';
import { ProblemNote } from '../parts/ProblemNote';
import { useAnswer } from '../parts/useAnswer';
import { When } from '../parts/When';
import { AspectTable, type AspectLine } from './AspectTable';
import { QuarantineTable } from './QuarantineTable';

interface Props {
  readonly config: InstancePublic;
  readonly seen: ViewRow<'instances_latest'> | undefined;
  readonly aspects: readonly ViewRow<'aspects_latest'>[];
  readonly quarantined: readonly ViewRow<'quarantine_summary'>[];
  readonly refresh: () => void;
}

/** One server: where it is, what can be read of it, and the exact fix for what cannot. */
export function InstanceCard({ config, seen, aspects, quarantined, refresh }: Props) {
  const styles = useStyles2(getStyles);
  const [checkups, setCheckups] = useState<{ title: string; lines: readonly AspectLine[] } | undefined>();
  const [asked, setAsked] = useState('');
  const { is_sending, error, send } = useAnswer((answer) => {
    setCheckups({ title: '', lines: linesOf(answer) });
    refresh();
  });
  const act = (what: 'test' | 'collect') => {
    setAsked(what);
    void send({ method: 'POST', path: `/instances/${encodeURIComponent(config.name)}/${what}` });
  };
  return (
    <article className={styles.card} data-testid={`instance ${config.name}`}>
      <div className={styles.head}>
        <div>
          <h3 className={styles.name}>{config.name}</h3>
          <span className={styles.where}>
            {seen ? `${seen.engine_label} ${seen.server_version}` : config.engine} · {config.user_name}@{config.host}/
            {config.database_name} · TLS {config.tls}
            {!config.enabled && ' · off'}
            {config.is_from_file && ' · from the configuration file'}
          </span>{' '}
          {seen && (
            <span className={styles.where}>
              · seen <When at={seen.observed_at} />
            </span>
          )}
        </div>
        <Stack direction="row" gap={1}>
          <Button variant="secondary" size="sm" disabled={is_sending} icon="plug" onClick={() => act('test')}>
            Test connection
          </Button>
          <Button
            variant="secondary"
            size="sm"
            disabled={is_sending || !config.enabled}
            icon="sync"
            onClick={() => act('collect')}
          >
            Collect now
          </Button>
        </Stack>
      </div>
      <ProblemNote error={error} />
      {checkups && (
        <div data-testid="checkups">
          <strong>{asked === 'test' ? 'Connection test' : 'Collected now'}</strong>
          <AspectTable lines={checkups.lines} />
          <strong>As it was last read</strong>
        </div>
      )}
      {aspects.length === 0 ? <p className={styles.where}>Nothing was read yet.</p> : <AspectTable lines={aspects} />}
      <QuarantineTable rows={quarantined} />
    </article>
  );
}

function linesOf(answer: unknown): readonly AspectLine[] {
  const { checkups } = (answer ?? {}) as { checkups?: unknown };
  return Array.isArray(checkups) ? (checkups as AspectLine[]) : [];
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    padding: theme.spacing(2),
    marginBottom: theme.spacing(2),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    flexWrap: 'wrap',
    gap: theme.spacing(2),
    marginBottom: theme.spacing(1.5),
  }),
  name: css({ ...theme.typography.h4, margin: 0 }),
  where: css({ color: theme.colors.text.secondary }),
});
