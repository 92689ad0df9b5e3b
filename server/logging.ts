import { Writable } from 'node:stream';
import type { Log } from '@plumbline/collector';
import pino from 'pino';
import type { Secrets } from './credentials/secrets.js';

/** Where finished lines go: the process's standard error, so that standard output stays for what a person asked. */
export type LogSink = (line: string) => void;

// Fields that would hold a secret if a caller logged a whole object; nested twice, as objects are passed to the log.
const secret_fields = ['password', 'token', 'credential', 'authorization', 'secret', 'key', 'encrypted'];
const redacted_paths = secret_fields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/**
 * JSON lines. Redaction works twice: by field name, and by the secrets this process has seen, wherever they stand
 * (a driver's error message may quote a connection string).
 */
export function createLog(level: string, secrets: Secrets, sink: LogSink = toStandardError): Log {
  const lines = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      sink(secrets.scrub(line));
      done();
    },
  });
  const logger = pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted_paths, censor: '[secret]' },
      serializers: { error: safeError, err: safeError },
    },
    lines,
  );
  return (log_level, message, fields) => logger[log_level](fields ?? {}, message);
}

const toStandardError: LogSink = (line) => void process.stderr.write(line);

/** Name, message and stack, and no more: drivers hang queries, parameters and connection options on their errors. */
export function safeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack?.split('\n').slice(1, 6).join('\n'),
  };
}

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
