import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Family } from './source.js';

/** How a program of the server is started: through its own loader where it was unpacked and not installed. */
export interface Binaries {
  readonly family: Family;
  readonly server_version: string;
  readonly server: readonly string[];
  /** What every start of the server is told about where its files are. */
  readonly server_options: readonly string[];
  /** Makes an empty data directory; the directory is appended. */
  readonly initialize: (data: string) => readonly string[];
}

const mariadb_server = '/usr/sbin/mariadbd';
export const mysql_root_variable = 'PLUMBLINE_MYSQL_ROOT';

/** MariaDB as Debian installs it. Throws with the line that installs it. */
export function findMariadb(): Binaries {
  if (!existsSync(mariadb_server)) {
    throw new Error('MariaDB was not found. Install it: apt-get install --no-install-recommends mariadb-server');
  }
  return {
    family: 'mariadb',
    server_version: versionOf([mariadb_server]),
    server: [mariadb_server],
    server_options: [],
    initialize: (data) => [
      ...['/usr/bin/mariadb-install-db', '--no-defaults', '--skip-test-db', `--datadir=${data}`],
      '--auth-root-authentication-method=socket',
    ],
  };
}

/**
 * MySQL from the folder that the environment variable PLUMBLINE_MYSQL_ROOT names: Debian's packages mysql-server-core
 * and what they depend on, unpacked by dpkg -x (scripts/unpack-mysql.sh). Undefined when there is none.
 */
export function findMysql(): Binaries | undefined {
  const root = process.env[mysql_root_variable] ?? '';
  const server_file = join(root, 'usr/sbin/mysqld');
  if (root === '' || !existsSync(server_file)) return undefined;
  const loader = join(root, 'usr/lib64/ld-linux-x86-64.so.2');
  const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/mysql'].map((folder) => join(root, folder)).join(':');
  const server = [loader, '--library-path', libraries, server_file];
  const server_options = [
    `--basedir=${join(root, 'usr')}`,
    `--plugin-dir=${join(root, 'usr/lib/mysql/plugin')}`,
    `--lc-messages-dir=${join(root, 'usr/share/mysql')}`,
    `--character-sets-dir=${join(root, 'usr/share/mysql/charsets')}`,
    ...['--secure-file-priv=NULL', '--mysqlx=OFF'],
  ];
  return {
    family: 'mysql',
    server_version: versionOf(server),
    server,
    server_options,
    initialize: (data) => [...server, '--no-defaults', ...server_options, `--datadir=${data}`, '--initialize-insecure'],
  };
}

function versionOf(server: readonly string[]): string {
  const [program = '', ...args] = server;
  const line = execFileSync(program, [...args, '--no-defaults', '--version'], { encoding: 'utf8' });
  return /Ver (\d+(?:\.\d+)+)/.exec(line)?.[1] ?? line.trim();
}
