#!/bin/bash
# A steady load for ever: about 30 statements a second over one connection.
set -euo pipefail
statements() {
  local n=0
  while true; do
    n=$((n + 1))
    echo "SELECT count(*), sum(total) FROM orders WHERE customer_id = $((RANDOM % 10000));"
    echo "UPDATE orders SET state = 'paid' WHERE order_id = $((1 + RANDOM % 30000));"
    [ $((n % 50)) = 0 ] && echo "SELECT state, avg(total) FROM orders GROUP BY state;"
    [ $((n % 100)) = 0 ] && touch /tmp/last-minute
    sleep 0.07
  done
}
statements | MYSQL_PWD="$SHOP_PASSWORD" mysql -h mysql -u shop shop >/dev/null
