import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, TextLink, useStyles2 } from '@grafana/ui';
import { queryPath, recommendationPath } from '../App/paths';
import { formatSeconds } from '../format/formatDuration';
import { formatRatio } from '../format/formatRatio';
import { useKeptLink } from '../page/useKeptLink';
import { ProofBadge, SeverityBadge, StateBadge } from '../parts/badges';
import { SqlLine } from '../parts/SqlLine';
import { When } from '../parts/When';
import type { RecommendationRow, Worsening } from './rankRegressions';

/** One thing that got worse: since when, why, how much it costs, and what to do. */
export function WorseningCard({ worsening }: { readonly worsening: Worsening }) {
  const { regression, others, extra_seconds_per_day, recommendation } = worsening;
  const styles = useStyles2(getStyles);
  const link = useKeptLink();
  return (
    <article className={styles.card} data-testid="worsening">
      <div className={styles.head}>
        <SeverityBadge severity={regression.severity} />
        <TextLink
          href={link(queryPath(regression.instance_id, regression.query_hash), {
            regression: regression.regression_id,
          })}
        >
          {regression.cause_sentence || 'Slower than its baseline; no cause was found.'}
        </TextLink>
      </div>
      <SqlLine text={regression.template} />
      <div className={styles.facts}>
        <strong className={styles.ratio}>{formatRatio(regression.effect_ratio)}</strong>
        <span>+{formatSeconds(extra_seconds_per_day)} per day</span>
        <span>
          since <When at={regression.onset_at} />
        </span>
        <span>{regression.instance_id}</span>
        {others > 0 && <span>{others} more with the same cause</span>}
      </div>
      <Advice recommendation={recommendation} />
    </article>
  );
}

function Advice({ recommendation }: { readonly recommendation: RecommendationRow | undefined }) {
  const styles = useStyles2(getStyles);
  const link = useKeptLink();
  if (recommendation === undefined) {
    return (
      <div className={styles.advice}>No advice yet: nothing that Plumbline knows how to mend fits the evidence.</div>
    );
  }
  const { recommendation_id, title, proof, saved_seconds_per_day, state } = recommendation;
  return (
    <div className={styles.advice}>
      <Icon name="arrow-right" />
      <TextLink href={link(recommendationPath(recommendation_id))}>{title}</TextLink>
      <ProofBadge proof={proof} />
      {state !== 'proposed' && <StateBadge state={state} />}
      {saved_seconds_per_day !== null && <span>saves about {formatSeconds(saved_seconds_per_day)} per day</span>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    display: 'grid',
    gap: theme.spacing(0.75),
    padding: theme.spacing(1.5, 2),
    marginBottom: theme.spacing(1),
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    minWidth: 0,
  }),
  head: css({
    display: 'flex',
    gap: theme.spacing(1),
    alignItems: 'center',
    fontWeight: theme.typography.fontWeightMedium,
  }),
  facts: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0.5, 2), color: theme.colors.text.secondary }),
  ratio: css({ color: theme.colors.error.text }),
  advice: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(1),
    alignItems: 'center',
    color: theme.colors.text.secondary,
  }),
});
