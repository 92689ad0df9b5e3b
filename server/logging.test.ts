import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createSecrets } from './credentials/secrets.js';
import { createLog } from './logging.js';

function logTo(secrets = createSecrets()) {
  const lines: string[] = [];
  return { lines, log: createLog('debug', secrets, (line) => void lines.push(line)) };
}

describe('the log', () => {
  it('writes JSON lines with time, level, message and fields', () => {
    const { lines, log } = logTo();
    log('warn', 'Slow', { aspect: 'statements', elapsed_ms: 12 });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      msg: 'Slow',
      aspect: 'statements',
      elapsed_ms: 12,
    });
  });

  it.each(['password', 'token', 'credential', 'authorization', 'encrypted'])(
    'hides a field called %s, also inside objects',
    (field) => {
      const { lines, log } = logTo();
      log('info', 'x', { [field]: 'hidden', target: { [field]: 'hidden', deep: { [field]: 'hidden' } } });
      expect(lines.join('')).not.toContain('hidden');
    },
  );

  it('hides a known secret wherever it stands, as text, JSON, URL or base64', () => {
    fc.assert(
      fc.property(
        fc
          .string({ minLength: 8, unit: 'grapheme-ascii' })
          .filter((text) => text.trim().length > 7 && !/^[\w[\]{}:",. -]*$/.test(text)),
        (secret) => {
          const secrets = createSecrets();
          secrets.remember(secret);
          const { lines, log } = logTo(secrets);
          log('error', `cannot connect with ${secret}`, {
            url: `postgresql://me:${encodeURIComponent(secret)}@db`,
            error: new Error(secret),
          });
          log('info', 'header', { header: `Basic ${Buffer.from(secret).toString('base64')}` });
          for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
            expect(lines.join('').includes(form)).toBe(false);
          }
        },
      ),
    );
  });

  it('writes of an error its name, message and place, not what drivers hang on it', () => {
    const { lines, log } = logTo();
    const error = Object.assign(new Error('relation does not exist'), {
      code: '42P01',
      query: "SELECT 'literal'",
      parameters: ['literal'],
    });
    log('error', 'failed', { error });
    expect(lines[0]).toContain('42P01');
    expect(lines[0]).not.toContain('literal');
  });
});
