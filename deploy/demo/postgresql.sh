#!/bin/bash
# Runs once, when the volume is empty: a shop that pgbench fills, and a monitoring user with no more than it needs.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres -v monitor="$MONITOR_PASSWORD" -v shop="$SHOP_PASSWORD" <<'SQL'
CREATE ROLE plumbline LOGIN CONNECTION LIMIT 5 PASSWORD :'monitor';
GRANT pg_monitor, pg_read_all_data TO plumbline;
CREATE ROLE shop LOGIN PASSWORD :'shop';
CREATE DATABASE shop OWNER shop;
\connect shop
CREATE EXTENSION pg_stat_statements;
SQL
