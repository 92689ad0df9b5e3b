import { SourceError, type ConnectionTarget } from '@plumbline/contracts';
import { readFileSync } from 'node:fs';

/** The PEM text in `tls_ca_file`; nothing where the instance names none. Throws SourceError. */
export function tlsAuthority({ tls_ca_file }: Pick<ConnectionTarget, 'tls_ca_file'>): { readonly ca?: string } {
  if (tls_ca_file === undefined) return {};
  try {
    return { ca: readFileSync(tls_ca_file, 'utf8') };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const what = `the TLS authority file ${tls_ca_file} cannot be read (${code})`;
    throw new SourceError('unreachable', what, 'Check tls_ca_file of this instance');
  }
}
