-- MySQL: what its status variables do not have. Needs PROCESS.
SELECT NAME AS name, COUNT AS value FROM information_schema.INNODB_METRICS
WHERE NAME IN ('lock_deadlocks', 'trx_rseg_history_len')
