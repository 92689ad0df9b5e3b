import type { AspectOutcome } from '@plumbline/contracts';
import { familyName, type ServerFacts } from './source.js';

/** The exact grant for each thing that is read. */
export const grantStatistics = (facts: ServerFacts): string =>
  `GRANT SELECT ON performance_schema.* TO ${facts.account}`;
export const grantProcess = (facts: ServerFacts): string => `GRANT PROCESS ON *.* TO ${facts.account}`;
export const grantTables = (facts: ServerFacts): string => `GRANT SELECT ON <schema>.* TO ${facts.account}`;
export const grantIndexSizes = (facts: ServerFacts): string =>
  `GRANT SELECT ON mysql.innodb_index_stats TO ${facts.account}; ` +
  `GRANT SELECT ON mysql.innodb_table_stats TO ${facts.account}`;

/** It cannot be switched on while the server runs, and is off in MariaDB until somebody does. */
export const performanceSchemaOff = (facts: ServerFacts): AspectOutcome => ({
  state: 'unsupported',
  message: `performance_schema is off in this ${familyName(facts.family)}, so nothing is counted`,
  fix: "In the server's configuration, section [mysqld]: performance_schema = ON; then restart the server",
});

/** Digests can be switched off by their number or by their length; then every statement is counted as one. */
export const noDigests: AspectOutcome = {
  state: 'unsupported',
  message: 'performance_schema_digests_size or max_digest_length is 0, so statements are not told apart',
  fix: 'In section [mysqld]: performance_schema_digests_size = 10000 and max_digest_length = 1024; then restart the server',
};

export const countsDigests = (facts: ServerFacts): boolean =>
  facts.digest_places !== 0 && facts.longest_digest_bytes > 0;
