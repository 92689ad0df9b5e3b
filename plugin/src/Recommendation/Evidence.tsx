import type { Recommendation } from '@plumbline/contracts';
import { TextLink, Tooltip } from '@grafana/ui';
import { queryPath } from '../App/paths';
import { useKeptLink } from '../page/useKeptLink';
import { FactList } from '../parts/FactList';

/** Each fact with where it can be seen again, and the queries it is about. */
export function Evidence({ advice: { evidence, query_hashes, instance_id } }: { readonly advice: Recommendation }) {
  const link = useKeptLink();
  const queries = query_hashes.map((hash) => (
    <span key={hash}>
      <TextLink href={link(queryPath(instance_id, hash))}>{hash}</TextLink>{' '}
    </span>
  ));
  return (
    <FactList
      facts={[
        ...evidence.map(
          ({ label, value, source }) =>
            [
              label,
              <Tooltip key={label} content={`From ${source}`}>
                <span>{value}</span>
              </Tooltip>,
            ] as const,
        ),
        ['Queries', queries.length === 0 ? undefined : queries] as const,
      ]}
    />
  );
}
