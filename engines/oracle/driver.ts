import type { ConnectionTarget } from '@plumbline/contracts';

/** What the engine uses of oracledb: connect.ts gives the real one, a test a double that reaches the stand-in. */
export interface DriverColumn {
  readonly name: string;
  /** `NUMBER`, `CLOB`, `VARCHAR2`… */
  readonly dbTypeName?: string | undefined;
}

export interface DriverAnswer {
  readonly metaData?: readonly DriverColumn[] | undefined;
  readonly rows?: readonly unknown[] | undefined;
}

export interface DriverOptions {
  readonly outFormat: number;
  readonly fetchArraySize: number;
  /** Asked per column: the type that the driver shall give it as, or nothing for its own choice. */
  readonly fetchTypeHandler: (column: DriverColumn) => { readonly type: unknown } | undefined;
}

export interface DriverConnection {
  /** Milliseconds that one round trip may take. */
  callTimeout: number;
  module: string;
  action: string;
  execute(
    sql: string,
    binds: Readonly<Record<string, unknown>>,
    options: DriverOptions,
  ): Promise<DriverAnswer | undefined>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}

export interface DriverAttributes {
  readonly user: string;
  readonly password: string;
  readonly connectString: string;
  readonly walletContent?: string | undefined;
}

export interface Driver {
  readonly OUT_FORMAT_ARRAY: number;
  readonly STRING: unknown;
  getConnection(attributes: DriverAttributes): Promise<DriverConnection>;
}

export type LoadDriver = (target: ConnectionTarget) => Promise<Driver>;
