import { StoreError } from './store-error.js';

/**
 * Refuses text that is not one JSON object per line. Measured on chdb 3.4.0: inline insert data ends at the first empty
 * line and what follows is run as the next statement, so a blank line loses rows or drops tables while the insert
 * reports success. The check is on the lines' ends only; the engine parses the rest.
 */
export function checkNdjson(ndjson: string): void {
  const end = ndjson.endsWith('\n') ? ndjson.length - 1 : ndjson.length;
  let line = 1;
  for (let start = 0; start <= end; line += 1) {
    const newline = ndjson.indexOf('\n', start);
    const stop = newline === -1 || newline > end ? end : newline;
    if (stop === start) throw new StoreError(`line ${line} of the rows to insert is empty; nothing was sent`);
    if (ndjson.charCodeAt(start) !== 123 || ndjson.charCodeAt(stop - 1) !== 125) {
      throw new StoreError(`line ${line} of the rows to insert is not one JSON object; nothing was sent`);
    }
    start = stop + 1;
  }
}

/**
 * Halves of surrogate pairs become U+FFFD. JSON.stringify writes a half as an escape, which ClickHouse refuses (code
 * 25) or stores as broken UTF-8; a text cut in the middle of an emoji must not lose its whole batch.
 */
export function wellFormed(ndjson: string): string {
  if (!/\\ud[89a-f]/i.test(ndjson)) return ndjson;
  return ndjson.replace(
    /\\(?:u(d[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2})|u(d[89a-f][0-9a-f]{2})|.)/gi,
    (escape, _pair: string | undefined, half: string | undefined) => (half === undefined ? escape : '\\ufffd'),
  );
}
