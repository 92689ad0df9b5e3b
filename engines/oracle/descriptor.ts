import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { tlsAuthority } from '../shared/tls-authority.js';
import type { DriverAttributes } from './driver.js';

const connect_timeout_s = 10;

export function attributesOf(target: ConnectionTarget): DriverAttributes {
  const { ca } = tlsAuthority(target);
  const wallet = ca === undefined ? {} : { walletContent: ca };
  return { user: target.user_name, password: target.password, connectString: connectDescriptor(target), ...wallet };
}

/**
 * A whole descriptor, because host and service names need no quoting in it but parentheses. The driver always checks
 * the certificate's chain under TLS; `verify` also its name.
 */
export function connectDescriptor({ host, port, database_name, tls }: ConnectionTarget): string {
  const safe = (value: string): string => {
    if (/[()=\s"']/.test(value)) {
      throw new SourceError(
        'no_database',
        'host or database_name holds a character that no Oracle name has',
        'Correct it',
      );
    }
    return value;
  };
  const address = `(ADDRESS=(PROTOCOL=${tls === 'off' ? 'tcp' : 'tcps'})(HOST=${safe(host)})(PORT=${port}))`;
  const security = tls === 'off' ? '' : `(SECURITY=(SSL_SERVER_DN_MATCH=${tls === 'verify' ? 'yes' : 'no'}))`;
  const timeouts = `(TRANSPORT_CONNECT_TIMEOUT=${connect_timeout_s})(CONNECT_TIMEOUT=${connect_timeout_s})`;
  return `(DESCRIPTION=${timeouts}${address}(CONNECT_DATA=(SERVICE_NAME=${safe(database_name)}))${security})`;
}
