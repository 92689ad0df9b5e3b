import { Alert } from '@grafana/ui';
import { problemOf } from '../data/problemOf';

/** Why a change was refused, beside the button that asked for it. */
export function ProblemNote({ error }: { readonly error: unknown }) {
  if (error === undefined) return null;
  const { title, detail, problems } = problemOf(error);
  return (
    <Alert severity="error" title={detail || title} data-testid="problem-note">
      {problems.map(({ field, message, mend }) => (
        <div key={`${field} ${message}`}>
          {field && <strong>{field} </strong>}
          {message !== '' && message !== detail && `${message.replace(/\.$/, '')}. `}
          {mend}
        </div>
      ))}
    </Alert>
  );
}
