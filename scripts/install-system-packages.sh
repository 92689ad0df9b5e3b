#!/usr/bin/env bash
# Installs the Debian packages that Plumbline's demo or tests use, and says which and why. Nothing else on the
# machine is changed. Usage: scripts/install-system-packages.sh demo|test
set -euo pipefail

declare -A why=(
  [postgresql]='a real PostgreSQL to watch'
  [postgresql-hypopg]='what-if indexes: proof for a recommendation'
  [mariadb-server]='a real MariaDB for the tests of its engine'
  [chromium]='a browser for the end-to-end tests'
)
case "${1:-}" in
  demo) wanted=(postgresql postgresql-hypopg) ;;
  test) wanted=(postgresql postgresql-hypopg mariadb-server chromium) ;;
  *) echo "usage: $0 demo|test" >&2; exit 2 ;;
esac

# Debian names the server by its major version: take the newest one that has HypoPG packaged.
major() { apt-cache pkgnames postgresql- | sed -n 's/^postgresql-\([0-9]*\)-hypopg$/\1/p' | sort -n | tail -1; }
is_there() {
  case "$1" in
    postgresql) ls /usr/lib/postgresql/*/bin/postgres ;;
    postgresql-hypopg) ls /usr/share/postgresql/*/extension/hypopg.control ;;
    mariadb-server) ls /usr/sbin/mariadbd ;;
    chromium) ls /usr/bin/chromium ;;
  esac >/dev/null 2>&1
}

missing=()
for name in "${wanted[@]}"; do is_there "$name" || missing+=("$name"); done
[ ${#missing[@]} -eq 0 ] && exit 0

can_install=yes
command -v apt-get >/dev/null || can_install=''
[ "$(id -u)" = 0 ] || can_install=''
if [ -z "$can_install" ]; then
  echo "Not installed (this needs Debian's apt-get and root): ${missing[*]}"
  if [ "$1" = demo ]; then
    echo 'The demo goes on with the PostgreSQL from npm; without HypoPG its recommendation is marked as not proven.'
    exit 0
  fi
  echo 'The tests need them.' >&2
  exit 1
fi

apt-get update -qq
version=$(major)
packages=()
for name in "${missing[@]}"; do
  package=${name/#postgresql/postgresql-$version}
  echo "Installing $package: ${why[$name]}"
  packages+=("$package")
done
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/tmp/plumbline-apt.log 2>&1 || {
  tail -20 /tmp/plumbline-apt.log >&2
  exit 1
}
