import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { errorCode, sourceError } from './source-error.js';

const where = { host: 'db.example.org', port: 3306, database_name: 'shop', user_name: 'mon' };

it.each([
  [{ errno: 1045, code: 'ER_ACCESS_DENIED_ERROR' }, 'wrong_password'],
  [{ errno: 1698, code: 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR' }, 'wrong_password'],
  [{ errno: 1044 }, 'denied'],
  [{ errno: 1049 }, 'no_database'],
  [{ errno: 1040 }, 'denied'],
  [{ errno: 1130 }, 'denied'],
  [{ errno: 1227 }, 'denied'],
  [{ errno: 1205 }, 'timeout'],
  [{ errno: 1969 }, 'timeout'],
  [{ errno: 3024 }, 'timeout'],
  [{ errno: 1053 }, 'unreachable'],
  [{ errno: -111, code: 'ECONNREFUSED' }, 'unreachable'],
  [{ code: 'PROTOCOL_CONNECTION_LOST' }, 'unreachable'],
  [{ code: 'PROTOCOL_SEQUENCE_TIMEOUT' }, 'unreachable'],
  [{ code: 'HANDSHAKE_NO_SSL_SUPPORT' }, 'unreachable'],
  [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'unreachable'],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'unreachable'],
  [{ errno: 1064, code: 'ER_PARSE_ERROR' }, 'broken'],
  [new TypeError('x'), 'broken'],
  ['no error at all', 'broken'],
  [null, 'broken'],
])('%j is told as %s', (error, failure) => {
  const told = sourceError(error, where);
  expect(told.failure).toBe(failure);
  expect(told.fix).not.toBe('');
  expect(errorCode(told)).toBe(errorCode(error));
});

it('never passes on what a server or the driver said', () => {
  const message = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `hunter2 ${text}`);
  const errors = fc.record({
    errno: fc.option(fc.integer()),
    code: fc.option(fc.string()),
    message,
    sqlMessage: message,
  });
  fc.assert(
    fc.property(errors, (error) => {
      const told = sourceError(
        Object.assign(new Error(error.message), { ...error, code: error.code ?? undefined }),
        where,
      );
      expect(`${told.message} ${told.fix} ${String(told.cause)}`).not.toContain('hunter2');
    }),
  );
});
