import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and a certificate for `localhost` and 127.0.0.1 that it signed itself, in a directory of its own. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
  /** Where the certificate stands as the authority to trust. */
  readonly ca_file: string;
  remove(): void;
}

export function selfSigned(): SelfSigned {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-dremio-'));
  const [key_file, ca_file] = [join(directory, 'key.pem'), join(directory, 'ca.pem')];
  const options = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', [...options, ...names, '-keyout', key_file, '-out', ca_file], { stdio: 'ignore' });
  return {
    key: readFileSync(key_file, 'utf8'),
    cert: readFileSync(ca_file, 'utf8'),
    ca_file,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
