import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import type { DremioOptions } from './options.js';

export interface HistoryTable {
  readonly name: string;
  /** A row may appear this long after its run was handed in: the last so many seconds are read again. */
  readonly overlap_s: number;
  /** The table is not asked more often. */
  readonly rest_s: number;
}

/** What differs between Dremio Software and Dremio Cloud: two prefixes, and the names of the system tables. */
export interface Edition {
  readonly id: 'software' | 'cloud';
  readonly label: string;
  readonly origin: string;
  /** Everything under it is alike in both. */
  readonly prefix: string;
  /** In order of preference; which ones a server has is found by asking. */
  readonly history: readonly HistoryTable[];
  /** `sys.` or `sys.project.`. */
  readonly system: string;
  /** Profiles are an internal interface of Dremio Software; Cloud offers none. */
  readonly has_profiles: boolean;
}

const default_port = 9047;
const cloud_port = 443;
const minutes = 60;
const hours = 3_600;

const isCloud = (host: string, domains: readonly string[]): boolean =>
  domains.some((domain) => host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`));

/** Told apart by the host alone. Throws SourceError for a Cloud address that cannot be right. */
export function editionOf(target: ConnectionTarget, options: DremioOptions): Edition {
  if (isCloud(target.host, options.cloud_domains)) return cloud(target, options);
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return {
    id: 'software',
    label: 'Dremio Software',
    origin: `${target.tls === 'off' ? 'http' : 'https'}://${host}:${target.port}`,
    prefix: '/api/v3',
    history: [{ name: 'sys.jobs_recent', overlap_s: 2 * minutes, rest_s: 0 }],
    system: 'sys.',
    has_profiles: true,
  };
}

function cloud(target: ConnectionTarget, options: DremioOptions): Edition {
  if (target.tls === 'off') {
    throw new SourceError(
      'unsupported',
      'Dremio Cloud is reached over TLS only',
      'Set tls: verify (or require) for this instance',
    );
  }
  if (!/^[0-9a-f-]{8,64}$/i.test(target.database_name)) {
    throw new SourceError(
      'no_database',
      'the database_name of a Dremio Cloud instance is the id of its project, and this is not one',
      'Copy the id from Dremio Cloud: Project settings, General, Project ID',
    );
  }
  const port = target.port === default_port ? cloud_port : target.port;
  const rest_s = options.cloud_interval_s;
  return {
    id: 'cloud',
    label: 'Dremio Cloud',
    origin: `https://${target.host}:${port}`,
    prefix: `/v0/projects/${target.database_name}`,
    history: [
      { name: 'sys.project.jobs_recent', overlap_s: 10 * minutes, rest_s },
      { name: 'sys.project.history.jobs', overlap_s: 3 * hours, rest_s: Math.max(hours, rest_s) },
    ],
    system: 'sys.project.',
    has_profiles: false,
  };
}
