-- A small shop beside pgbench's tables: big enough that a dropped index hurts, small enough to fill in seconds.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE TABLE customers (
  customer_id int PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  region text NOT NULL
);
CREATE TABLE products (product_id int PRIMARY KEY, name text NOT NULL, category text NOT NULL, price numeric NOT NULL);
CREATE TABLE orders (
  order_id int PRIMARY KEY,
  customer_id int NOT NULL,
  status text NOT NULL,
  ordered_at timestamptz NOT NULL,
  total numeric NOT NULL,
  remark text NOT NULL
);
CREATE TABLE order_lines (
  order_id int NOT NULL,
  line_no int NOT NULL,
  product_id int NOT NULL,
  quantity int NOT NULL,
  price numeric NOT NULL,
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE accounts (account_id int PRIMARY KEY, branch_id int NOT NULL, balance int NOT NULL);
CREATE TABLE branches (branch_id int PRIMARY KEY, balance int NOT NULL);
CREATE TABLE history (account_id int, branch_id int, change int, happened_at timestamptz);
CREATE TABLE page_views (view_id bigserial PRIMARY KEY, customer_id int NOT NULL, page text NOT NULL, viewed_at timestamptz NOT NULL);

INSERT INTO customers
SELECT i, 'Customer ' || i, 'Customer' || i || '@Example.com', (ARRAY['north', 'east', 'south', 'west'])[1 + i % 4]
FROM generate_series(1, 20000) AS i;
INSERT INTO products SELECT i, 'Product ' || i, 'category ' || i % 20, 1 + i % 90 FROM generate_series(1, 2000) AS i;
INSERT INTO orders
SELECT i, 1 + (i * 7919) % 20000, (ARRAY['open', 'paid', 'sent', 'done', 'done', 'done'])[1 + i % 6],
       now() - (i || ' minutes')::interval, 10 + (i * 31) % 500, repeat('x', 60)
FROM generate_series(1, 200000) AS i;
INSERT INTO order_lines
SELECT o, l, 1 + (o * 13 + l * 101) % 2000, 1 + (o + l) % 5, 1 + (o * l) % 90
FROM generate_series(1, 200000) AS o, generate_series(1, 2) AS l;
INSERT INTO accounts SELECT i, 1 + i % 10, 0 FROM generate_series(1, 50000) AS i;
INSERT INTO branches SELECT i, 0 FROM generate_series(1, 10) AS i;
INSERT INTO page_views (customer_id, page, viewed_at)
SELECT 1 + i % 20000, 'page ' || i % 50, now() - (i || ' seconds')::interval FROM generate_series(1, 2000) AS i;

CREATE INDEX orders_customer_id_idx ON orders (customer_id);
CREATE INDEX orders_ordered_at_idx ON orders (ordered_at);
-- Redundant on purpose: orders_ordered_at_idx is its prefix.
CREATE INDEX orders_ordered_at_status_idx ON orders (ordered_at, status);
CREATE INDEX order_lines_product_id_idx ON order_lines (product_id);
CREATE INDEX page_views_customer_id_idx ON page_views (customer_id);
-- The fault of statistics gone stale needs that autovacuum leaves this table alone.
ALTER TABLE page_views SET (autovacuum_enabled = false);
ANALYZE;
