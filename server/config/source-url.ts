import type { Engine, InstanceConfig, Problem } from '@plumbline/contracts';
import { ProblemError, instance_config_schema } from '@plumbline/contracts';
import { nearest } from './nearest.js';
import { problemsOf } from './problems.js';

/** What `--source postgresql://user:password@host:5432/database?name=shop&tls=off` says. */
export interface Source {
  readonly instance: InstanceConfig;
  /** Out of the URL: kept in memory only. */
  readonly password: string | undefined;
}

const where = '--source';
type SourceEngine = Pick<Engine, 'id' | 'url_schemes' | 'default_port'>;

/** @throws ProblemError naming the part of the URL that is wrong; the URL itself is never repeated. */
export function sourceFromUrl(text: string, engines: readonly SourceEngine[]): Source {
  const { url, engine } = parsed(text, engines);
  const { name, tls, interval_s } = queryOf(url);
  const candidate = {
    name: name ?? instanceName(url),
    engine: engine.id,
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? engine.default_port : Number(url.port),
    database_name: decodeURIComponent(url.pathname.slice(1)),
    user_name: decodeURIComponent(url.username),
    tls: tls ?? (isLoopback(url.hostname) ? 'off' : 'require'),
    ...(interval_s === undefined ? {} : { interval_s: Number(interval_s) }),
  };
  const checked = instance_config_schema.safeParse(candidate);
  if (!checked.success) throw new ProblemError(problemsOf(checked.error, instance_config_schema, { where }));
  return { instance: checked.data, password: url.password === '' ? undefined : decodeURIComponent(url.password) };
}

function parsed(text: string, engines: readonly SourceEngine[]): { url: URL; engine: SourceEngine } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? '';
  const schemes = engines.flatMap(({ url_schemes }) => url_schemes).map((known) => known.replace(/:.*$/, ''));
  const engine = engines.find(({ url_schemes }) => url_schemes.some((known) => known.replace(/:.*$/, '') === scheme));
  if (engine === undefined) {
    const meant = nearest(scheme, schemes);
    const hint = meant === undefined ? `Use one of ${schemes.join(', ')}.` : `Did you mean "${meant}://"?`;
    throw new ProblemError([{ where, field: 'scheme', message: 'is of no known engine', mend: hint }]);
  }
  try {
    // Of an unknown scheme, WHATWG URLs keep host and path apart only when there is an authority: checked above.
    const url = new URL(text);
    decodeURIComponent(url.username + url.password + url.pathname + url.hostname);
    return { url, engine };
  } catch {
    const mend = 'Write postgresql://user@host:5432/database; write @ : / % in a password as %40 %3A %2F %25.';
    throw new ProblemError([{ where, field: 'url', message: 'is not a URL', mend }]);
  }
}

const known_parameters = ['name', 'tls', 'interval_s'];

function queryOf(url: URL): Readonly<Record<string, string | undefined>> {
  const problems: Problem[] = [...url.searchParams.keys()]
    .filter((key) => !known_parameters.includes(key))
    .map((key) => ({
      where,
      field: `?${key.slice(0, 40)}`,
      message: 'is not a known parameter',
      mend: `Use ${known_parameters.join(', ')}.`,
    }));
  if (problems.length > 0) throw new ProblemError(problems);
  return Object.fromEntries(url.searchParams);
}

const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '[::1]', ''].includes(host);

/** Host and database in the letters an instance's name may have. */
function instanceName(url: URL): string {
  const text = `${url.hostname}-${decodeURIComponent(url.pathname.slice(1))}`.toLowerCase();
  return text
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63);
}
