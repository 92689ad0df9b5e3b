#!/bin/bash
# A steady load for ever: 40 transactions a second. The tables are made at the first start.
set -euo pipefail
psql -tAc "SELECT to_regclass('pgbench_accounts') IS NOT NULL" | grep -q t || pgbench -i -s 5 -q
while true; do
  pgbench -n -c 4 -R 40 -T 60 -b tpcb-like@1 -b select-only@3 >/dev/null
  touch /tmp/last-minute
done
