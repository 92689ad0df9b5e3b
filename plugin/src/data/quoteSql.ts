/** A ClickHouse string literal. Backslash escapes in ClickHouse strings, so it is escaped before the quote. */
export const quoteSql = (text: string): string =>
  `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'").replace(/\0/g, '\\0')}'`;
