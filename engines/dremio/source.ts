import type { ConnectionTarget } from '@plumbline/contracts';
import type { Edition } from './edition.js';
import type { Result } from './job.js';
import type { DremioOptions } from './options.js';
import type { Where } from './source-error.js';

/** What is known of the server since we connected. */
export interface ServerFacts {
  /** '' where the server does not say. */
  readonly server_version: string;
  readonly database_name: string;
  readonly user_name: string;
  readonly edition: Edition;
  readonly where: Where;
  readonly tls: ConnectionTarget['tls'];
}

export interface Source {
  readonly facts: ServerFacts;
  readonly options: DremioOptions;
  /** Runs one statement of ours as a job and reads its whole result. Throws SourceError. */
  query(sql: string, abort: AbortSignal): Promise<Result>;
  /** The columns of a table, lower case; none when there is no such table. Asked once a day, and after an error. */
  columns(table: string, abort: AbortSignal): Promise<ReadonlySet<string>>;
  /** The ZIP of one run's profile; undefined when there is none any more. Throws SourceError. */
  profile(job_id: string, abort: AbortSignal): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/** An identifier, always quoted. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Plain text literal: Dremio knows no escapes but the doubled quote. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `$token` is no name to grant anything to. */
export const granteeOf = ({ user_name }: { readonly user_name: string }): string =>
  user_name.startsWith('$') ? '"<the user of the token>"' : quoted(user_name);
