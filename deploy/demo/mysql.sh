#!/bin/bash
# Runs once, when the volume is empty: a small shop, and a monitoring user with no more than it needs.
set -euo pipefail
mysql -uroot -p"$MYSQL_ROOT_PASSWORD" <<SQL
CREATE DATABASE shop;
CREATE USER plumbline IDENTIFIED BY '$MONITOR_PASSWORD' WITH MAX_USER_CONNECTIONS 5;
GRANT PROCESS ON *.* TO plumbline;
GRANT SELECT ON performance_schema.* TO plumbline;
GRANT SELECT ON mysql.innodb_index_stats TO plumbline;
GRANT SELECT ON mysql.innodb_table_stats TO plumbline;
GRANT SELECT ON shop.* TO plumbline;
CREATE USER shop IDENTIFIED BY '$SHOP_PASSWORD';
GRANT ALL ON shop.* TO shop;
USE shop;
CREATE TABLE orders (
  order_id int AUTO_INCREMENT PRIMARY KEY,
  customer_id int NOT NULL,
  state varchar(8) NOT NULL,
  total decimal(9, 2) NOT NULL,
  KEY (customer_id)
);
INSERT INTO orders (customer_id, state, total) VALUES (1, 'open', 10), (2, 'paid', 20), (3, 'sent', 30), (4, 'done', 40);
$(for _ in $(seq 14); do echo 'INSERT INTO orders (customer_id, state, total) SELECT 1 + rand() * 9999, state, 1 + rand() * 500 FROM orders;'; done)
SQL
