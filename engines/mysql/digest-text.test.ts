import { expect, it } from '@jest/globals';
import { normalize } from '@plumbline/sql';
import { isCut, rawSpelling } from './digest-text.js';

/** Digest texts of MySQL 9.7.4 and MariaDB 10.11.19, each with the statement that made it. */
it.each([
  [
    'SELECT * FROM `orders` WHERE `made_at` > NOW ( ) - INTERVAL ? SQL_TSI_DAY',
    'SELECT * FROM orders WHERE made_at > now() - interval 1 day',
  ],
  ['SELECT @@`version` , SYSTEM_USER ( ) ', 'SELECT @@version, user()'],
  [
    'SELECT NAME FROM `customers` WHERE ID IN (...) AND `region` = ? ',
    "SELECT name FROM customers WHERE id IN (1, 2) AND region = 'x'",
  ],
  ['INSERT INTO `parted` VALUES (...) /* , ... */ ', 'INSERT INTO parted VALUES (5000,1),(5001,2)'],
  [
    'SELECT DISTINCTROW `note` RLIKE ? , COUNT ( DISTINCTROW ID ) , STDDEV_POP ( ID ) , NOW , NOW ( ) , CURDATE FROM `orders` ',
    "SELECT DISTINCT note REGEXP 'b', count(DISTINCT id), stddev(id), current_timestamp, now(), current_date FROM orders",
  ],
  [
    'SELECT SQL_TSI_MONTH ( `made_at` ) , CAST ( ID AS CHARACTER (?) ) , SCHEMA ( ) , SYSTEM_USER FROM `orders` ',
    'SELECT month(made_at), CAST(id AS char(3)), database(), user FROM orders',
  ],
  [
    'SELECT * FROM `orders` WHERE ID = (unknown) OR ID IN ( ? , (unknown) ) ',
    "SELECT * FROM orders WHERE id = x'1f' OR id IN (1, x'1f')",
  ],
  ['EXECUTE SELECT `note` FROM `orders` WHERE `id` = ?', 'SELECT note FROM orders WHERE id = 5'],
  ['EXECUTE `s` USING @?', 'EXECUTE s USING @?'],
  ['SHOW FULL FIELDS FROM `orders` ', 'SHOW FULL COLUMNS FROM orders'],
  ['SELECT (_charset) ? COLLATE `utf8mb4_bin` ', "SELECT _utf8mb4'x' COLLATE utf8mb4_bin"],
  ['SELECT `SQL_TSI_DAY` FROM `t`', 'SELECT SQL_TSI_DAY FROM t'],
])('%s has the template of its statement', (digest_text, statement) => {
  expect(normalize(rawSpelling(digest_text), 'mysql').template).toBe(normalize(statement, 'mysql').template);
});

const sum = (terms: number): string =>
  `SELECT ${Array.from({ length: terms }, () => '? + ?').join(' + ')} FROM \`customers\` `;
const names = (columns: number): string =>
  `SELECT ${Array.from({ length: columns }, (_, place) => `ID AS \`column_number_${place}\``).join(' , ')} FROM \`customers\` WHERE ID = ? `;

/** The first sizes that the servers really cut were 127 terms and 39 columns, at a limit of 1,024 bytes. */
it.each([
  ['a long text of short tokens', sum(120), false],
  ['one whose tokens fill the limit', sum(127), true],
  ['a text with room for one more name', names(36), false],
  ['one without', names(39), true],
  ['an empty text', '', false],
])('tells whether the server stopped before the end of %s', (_title, text, expected) => {
  expect(isCut(text, 1024)).toBe(expected);
});
