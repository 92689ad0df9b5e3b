import { SourceError, type ConnectionTarget, type SourceFailure } from '@plumbline/contracts';

export type Where = Pick<ConnectionTarget, 'host' | 'port' | 'database_name' | 'user_name'>;

/** What went wrong and how to mend it, in our own words: safe to log and to show. */
export interface Explained {
  readonly failure: SourceFailure;
  readonly message: string;
  readonly fix: string;
}
export type Explain<At = Where> = (where: At) => Explained;

/** A SourceError that keeps the server's own code, so that an aspect can tell a lock from a missing grant. */
export class ServerError<Code extends string | number> extends SourceError {
  constructor(
    readonly code: Code,
    explained: Explained,
  ) {
    super(explained.failure, explained.message, explained.fix);
    this.name = new.target.name;
  }
}

export const at = (where: Pick<Where, 'host' | 'port'>): string => `${where.host}:${where.port}`;

/** @param fix what to look at, by the engine's own tools */
export const unreachableBy =
  <At extends Where>(fix: (where: At) => string) =>
  (what: string): Explain<At> =>
  (where) => ({ failure: 'unreachable', message: `${at(where)} ${what}`, fix: fix(where) });

/** What a socket says, by its code. */
export const socket_problems = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'is not a known host name',
  EAI_AGAIN: 'cannot be looked up: the name service does not answer',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'has no route to it',
  ENETUNREACH: 'has no route to it',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
} as const;

export const socketProblems = <At>(unreachable: (what: string) => Explain<At>): Record<string, Explain<At>> =>
  Object.fromEntries(Object.entries(socket_problems).map(([code, what]) => [code, unreachable(what)]));

export const untrusted = (where: Where): Explained => ({
  failure: 'unreachable',
  message: `the certificate of ${at(where)} is not trusted`,
  fix: 'Set tls_ca_file to the authority that signed it, or tls: require to encrypt without checking it',
});

/** An unforeseen code is told by itself; anything without one is a fault of ours, told by its name. */
export const unforeseen = (code: string | number, error: unknown, where: Where, log: string): Explained => ({
  failure: 'broken',
  message:
    code === '' || code === 0
      ? `reading ${at(where)} failed: ${error instanceof Error ? error.name : 'unknown error'}`
      : `${at(where)} answered with error ${code}`,
  fix: `See ${log} at this time; report it if it is not a fault of the server`,
});
