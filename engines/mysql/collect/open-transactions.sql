-- Reads open InnoDB transactions: who waits for a row lock, and who holds one open without running anything. Needs PROCESS.
SELECT trx_mysql_thread_id AS session_id, trx_state AS state, trx_query IS NULL AS is_idle
FROM information_schema.INNODB_TRX
