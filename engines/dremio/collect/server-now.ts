import { SourceError } from '@plumbline/contracts';
import { timeOf } from '../fields.js';
import type { Reading } from './reading.js';

/** By the server's clock, which the times of its history are of. Throws SourceError. */
export async function serverNow(reading: Reading): Promise<Date> {
  const { rows } = await reading.source.query('SELECT CURRENT_TIMESTAMP AS server_now', reading.tools.abort);
  const now = timeOf(rows[0]?.['server_now']);
  if (now === undefined) throw new SourceError('broken', 'Dremio does not tell its time', 'Report it');
  return now;
}
