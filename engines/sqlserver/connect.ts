import type { ConnectionTarget } from '@plumbline/contracts';
import type mssql from 'mssql';
import type { config as MssqlConfig, ConnectionPool, ISqlType } from 'mssql';
import { tlsAuthority } from '../shared/tls-authority.js';
import type { DriverRow, OpenSession, Parameter, Parameters, Session, SessionSettings } from './driver.js';
import { LoginError } from './source-error.js';

type Driver = typeof mssql;

/** How long the server may take to acknowledge that we gave up. */
const cancel_timeout_ms = 2_000;

/** The only file that loads the driver (mssql on tedious), and only when it connects. */
export const connectSession: OpenSession = async (target, settings) => {
  const { default: driver } = await import('mssql');
  const login_numbers: number[] = [];
  const pool = new driver.ConnectionPool(poolConfig(target, settings, login_numbers));
  pool.on('error', () => undefined); // a connection that breaks while idle must not end the process
  try {
    await pool.connect();
  } catch (error) {
    await pool.close().catch(() => undefined);
    throw new LoginError(login_numbers, error);
  }
  return new MssqlSession(driver, pool);
};

class MssqlSession implements Session {
  constructor(
    readonly driver: Driver,
    readonly pool: ConnectionPool,
  ) {}

  async query(text: string, parameters: Parameters): Promise<readonly DriverRow[]> {
    const request = this.pool.request();
    for (const [name, parameter] of Object.entries(parameters)) {
      request.input(name, driverType(this.driver, parameter), parameter.value);
    }
    const answer = await request.query<DriverRow>(text);
    return answer.recordset ?? [];
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

function driverType(driver: Driver, parameter: Parameter): ISqlType | (() => ISqlType) {
  switch (parameter.type) {
    case 'bigint':
      return driver.BigInt;
    case 'int':
      return driver.Int;
    case 'nvarchar(max)':
      return driver.NVarChar(driver.MAX);
    case 'datetimeoffset(3)':
      return driver.DateTimeOffset(3);
  }
}

interface LoginMessage {
  readonly number: number;
}

/** One connection per session. The driver drops the number of a failed login, so it is overheard. */
export function poolConfig(target: ConnectionTarget, settings: SessionSettings, login_numbers: number[]): MssqlConfig {
  return {
    server: target.host,
    port: target.port,
    database: target.database_name,
    user: target.user_name,
    password: target.password,
    connectionTimeout: settings.connect_timeout_ms,
    requestTimeout: settings.request_timeout_ms,
    // Else the pool asks SELECT 1 before every statement of ours.
    validateConnection: 'socket',
    pool: { min: 0, max: 1, idleTimeoutMillis: 600_000, acquireTimeoutMillis: settings.connect_timeout_ms },
    options: {
      appName: settings.application_name,
      readOnlyIntent: settings.has_read_only_intent,
      encrypt: target.tls !== 'off',
      trustServerCertificate: target.tls !== 'verify',
      useUTC: true,
      cancelTimeout: cancel_timeout_ms,
      ...(target.tls_ca_file === undefined ? {} : { cryptoCredentialsDetails: tlsAuthority(target) }),
    },
    beforeConnect: (connection) => {
      connection.on('errorMessage', ({ number }: LoginMessage) => login_numbers.push(number));
    },
  };
}
