import type { ConnectionTarget } from '@plumbline/contracts';

/** A value sent beside the text, with its type: a bigint travels as digits, never as a number. */
export type Parameter =
  | { readonly type: 'bigint'; readonly value: string }
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'nvarchar(max)'; readonly value: string }
  | { readonly type: 'datetimeoffset(3)'; readonly value: Date };

export type Parameters = Readonly<Record<string, Parameter>>;

/** A row as the driver gives it: nothing about it is believed before fields.ts has looked. */
export type DriverRow = Readonly<Record<string, unknown>>;

/** One connection to one database. `query` rejects with whatever the driver throws (source-error.ts reads it). */
export interface Session {
  query(text: string, parameters: Parameters): Promise<readonly DriverRow[]>;
  close(): Promise<void>;
}

export interface SessionSettings {
  readonly application_name: string;
  readonly connect_timeout_ms: number;
  readonly request_timeout_ms: number;
  /** Asks for a readable secondary: it lets only such connections in. */
  readonly has_read_only_intent: boolean;
}

export type OpenSession = (target: ConnectionTarget, settings: SessionSettings) => Promise<Session>;
