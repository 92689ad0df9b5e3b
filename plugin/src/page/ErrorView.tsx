import { Alert, Button, Stack, Text, TextLink } from '@grafana/ui';
import { configurationPath } from '../App/paths';
import { problemOf } from '../data/problemOf';

/** The one view for everything that failed: what, how to mend it, and again. The URL keeps time range and instance. */
export function ErrorView({ error, reload }: { readonly error: unknown; readonly reload: () => void }) {
  const { title, status, detail, problems } = problemOf(error);
  return (
    <Alert severity="error" title={status > 0 ? `${title} (${status})` : title} data-testid="error-view">
      <Stack direction="column" gap={1}>
        <span>{detail}</span>
        {problems.map(({ field, message, mend }) => (
          <span key={`${field} ${message}`}>
            {field !== '' && <Text variant="code">{field}</Text>} {message !== detail && message} {mend}
          </span>
        ))}
        {[0, 401, 404, 502].includes(status) && <TextLink href={configurationPath}>Open the configuration</TextLink>}
        {/* Not Alert's own `action`: Grafana 12's Alert has none and would leave the button out. */}
        <div>
          <Button variant="secondary" icon="sync" onClick={reload}>
            Reload
          </Button>
        </div>
      </Stack>
    </Alert>
  );
}
