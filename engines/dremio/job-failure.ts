import type { QueryRunRow } from '@plumbline/contracts';
import { at } from '../shared/server-error.js';
import { DremioError, type Where } from './source-error.js';

/** The server's message by kind; the message itself may quote a literal and goes no further. */
export function failureKind(message: string): QueryRunRow['failure'] {
  if (/permission|privilege|not authori[sz]ed|access denied|not allowed/i.test(message)) return 'privilege';
  if (/memory|out of heap|spill/i.test(message)) return 'memory';
  if (/timeout|timed out|exceeded .*time|runtime limit/i.test(message)) return 'timeout';
  if (/parse|syntax|validat|not found|invalid/i.test(message)) return 'syntax';
  if (/source|connection|unavailable|IOException|S3|storage/i.test(message)) return 'source';
  return 'other';
}

/** Why a job of ours did not end well. */
export function jobFailure(where: Where, state: string, message: string): DremioError {
  if (state !== 'FAILED') {
    return new DremioError(
      'canceled',
      'timeout',
      `somebody or a queue rule of ${at(where)} canceled our statement`,
      'Give this user a queue whose runtime limit is 60 s at least',
    );
  }
  const kind = failureKind(message);
  if (kind === 'privilege') {
    return new DremioError(
      'denied',
      'denied',
      `"${where.user_name}" may not read a system table of Dremio`,
      where.is_cloud
        ? `GRANT VIEW JOB HISTORY ON PROJECT TO USER "${where.user_name}"; for reflections GRANT VIEW REFLECTION ON PROJECT TO USER "${where.user_name}"`
        : `GRANT VIEW JOB HISTORY ON SYSTEM TO USER "${where.user_name}" (Enterprise), or make it an administrator`,
    );
  }
  if (/not found|does not exist|Object .* not/i.test(message)) {
    return new DremioError('missing', 'unsupported', `${at(where)} has no such table`, 'Upgrade to Dremio 24 or later');
  }
  return new DremioError(
    'other',
    kind === 'timeout' ? 'timeout' : 'broken',
    `${at(where)} could not run our statement: ${kind}`,
    'Look for it in the jobs page of Dremio: our statements bear the mark /* plumbline */',
  );
}
