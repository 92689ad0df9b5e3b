-- What the faults need beside the shop's tables. Autovacuum leaves the two tables alone that a fault makes stale or
-- bloated: else the capture would show how soon it mends them.
CREATE TABLE tasks (task_id int PRIMARY KEY, queue int NOT NULL, status text NOT NULL, body text NOT NULL);
CREATE TABLE task_steps (task_id int NOT NULL, step int NOT NULL, seconds int NOT NULL, PRIMARY KEY (task_id, step));
CREATE TABLE sessions (session_id int PRIMARY KEY, state text NOT NULL, last_seen timestamptz NOT NULL, agent text NOT NULL);

INSERT INTO tasks
SELECT i, i % 20, CASE WHEN i % 200 = 0 THEN 'new' ELSE 'done' END, repeat('b', 40) FROM generate_series(1, 60000) AS i;
INSERT INTO task_steps SELECT t, s, (t * s) % 60 FROM generate_series(1, 60000) AS t, generate_series(1, 3) AS s;
INSERT INTO sessions
SELECT i, (ARRAY['active', 'idle', 'gone'])[1 + i % 3], now(), repeat('a', 60) FROM generate_series(1, 20000) AS i;

CREATE INDEX tasks_status_idx ON tasks (status);
ALTER TABLE tasks SET (autovacuum_enabled = false);
ALTER TABLE sessions SET (autovacuum_enabled = false);
ANALYZE;
