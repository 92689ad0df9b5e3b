#!/usr/bin/env bash
# Unpacks a MySQL server into a folder for the optional tests of engines/mysql, installing nothing: Debian's packages
# mysql-server-core and what they need from unstable, run through their own loader. 66 MB fetched, 410 MB unpacked.
# Usage: scripts/unpack-mysql.sh <folder>; then PLUMBLINE_MYSQL_ROOT=<folder> npm run test:engines
set -euo pipefail

folder=${1:?usage: $0 <folder>}
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$folder" "$apt/lists/partial" "$apt/archives/partial"
touch "$apt/status"
echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main' >"$apt/sources.list"
cat >"$apt/apt.conf" <<CONF
Dir::State "$apt"; Dir::State::Lists "$apt/lists"; Dir::State::status "$apt/status";
Dir::Cache "$apt"; Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null";
APT::Install-Recommends "false"; APT::Sandbox::User "$(id -un)"; Acquire::Check-Valid-Until "false";
CONF
export APT_CONFIG="$apt/apt.conf"
apt-get update -qq
apt-get install -y -qq --download-only mysql-server-core >/dev/null
for package in "$apt"/archives/*.deb; do dpkg -x "$package" "$folder"; done
echo "MySQL is in $folder: export PLUMBLINE_MYSQL_ROOT=$folder"
