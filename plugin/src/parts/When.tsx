import { dateTimeFormat, dateTimeFormatTimeAgo } from '@grafana/data';
import { fromUtc } from '@plumbline/contracts/time';
import { Tooltip } from '@grafana/ui';

/** How long ago, with the exact time on demand; "–" when it never was. */
export function When({ at, is_exact = false }: { readonly at: string | null; readonly is_exact?: boolean }) {
  const moment_at = at === null || at === '' ? undefined : readTime(at);
  if (moment_at === undefined) return <span>–</span>;
  const exact = dateTimeFormat(moment_at, { defaultWithMS: false });
  const ago = dateTimeFormatTimeAgo(moment_at);
  return (
    <Tooltip content={is_exact ? ago : exact}>
      <time dateTime={moment_at.toISOString()}>{is_exact ? exact : ago}</time>
    </Tooltip>
  );
}

function readTime(text: string): Date | undefined {
  try {
    return fromUtc(text);
  } catch {
    return undefined;
  }
}
