#!/usr/bin/env bash
# Makes .env beside docker-compose.yml: a secret of its own for everything that needs one, and what is to run.
# Usage: deploy/first-start.sh [--brokers 1|3] [--layout single|cluster] [--grafana 12|13|both] [--no-demo]
# It never changes an .env that is there.
set -euo pipefail

brokers=1 layout=single grafana=13 demo=demo
while [ $# -gt 0 ]; do
  case "$1" in
    --brokers) brokers=${2:-}; shift 2 ;;
    --layout) layout=${2:-}; shift 2 ;;
    --grafana) grafana=${2:-}; shift 2 ;;
    --no-demo) demo=''; shift ;;
    *) echo "unknown argument: $1" >&2; exit 2 ;;
  esac
done
case "$brokers" in 1 | 3) ;; *) echo '--brokers is 1 or 3' >&2; exit 2 ;; esac
case "$layout" in single | cluster) ;; *) echo '--layout is single or cluster' >&2; exit 2 ;; esac
case "$grafana" in 12 | 13 | both) ;; *) echo '--grafana is 12, 13 or both' >&2; exit 2 ;; esac

target="$(cd "$(dirname "$0")/.." && pwd)/.env"
if [ -e "$target" ]; then
  echo "$target is there already; nothing was changed. Its secrets are in use by the volumes." >&2
  exit 1
fi

secret() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
profiles=$demo
add() { profiles="${profiles:+$profiles,}$1"; }
voters='1@kafka-1:9093' bus='kafka://kafka-1:9092/plumbline' store_query=''
if [ "$brokers" = 3 ]; then
  add brokers
  voters='1@kafka-1:9093,2@kafka-2:9093,3@kafka-3:9093'
  bus='kafka://kafka-1:9092,kafka-2:9092,kafka-3:9092/plumbline'
fi
if [ "$layout" = cluster ]; then
  add cluster
  store_query='?cluster=plumbline'
fi
case "$grafana" in both) add grafana12; add grafana13 ;; *) add "grafana$grafana" ;; esac

umask 077
cat > "$target" <<EOF
COMPOSE_PROFILES=$profiles
CLICKHOUSE_LAYOUT=$layout
CLICKHOUSE_PASSWORD=$(secret)
CLICKHOUSE_READER_PASSWORD=$(secret)
CLICKHOUSE_INTERSERVER_SECRET=$(secret)
STORE_QUERY=$store_query
KAFKA_CLUSTER_ID=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
KAFKA_VOTERS=$voters
KAFKA_COPIES=$brokers
BUS_URI=$bus
PLUMBLINE_KEY=$(head -c 32 /dev/urandom | base64)
PLUMBLINE_VIEWER_TOKEN=$(secret)
PLUMBLINE_GRAFANA_TOKEN=$(secret)
PLUMBLINE_ADMIN_TOKEN=$(secret)
GRAFANA_ADMIN_PASSWORD=$(secret)
POSTGRES_PASSWORD=$(secret)
MYSQL_ROOT_PASSWORD=$(secret)
MONITOR_PASSWORD=$(secret)
SHOP_PASSWORD=$(secret)
EOF
echo "$target written (mode 600). Grafana: user admin, password GRAFANA_ADMIN_PASSWORD in it."
