import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProblemError, instance_config_schema } from '@plumbline/contracts';
import type { InstanceConfig } from '@plumbline/contracts';
import fc from 'fast-check';
import { decrypt, encrypt, parseKey } from './encryption.js';
import { openInstances } from './instances.js';
import { resolveReference } from './reference.js';
import { createSecrets } from './secrets.js';
import { openTokens } from './tokens.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'plumbline-credentials-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const newKey = () => randomBytes(32).toString('base64');
const shop = instance_config_schema.parse({
  name: 'shop',
  engine: 'postgresql',
  host: 'db',
  database_name: 'shop',
  user_name: 'plumbline',
});
const open = (environment: NodeJS.ProcessEnv, from_file: readonly InstanceConfig[] = []) =>
  openInstances({
    config: { data_directory: directory, instances: from_file, credentials: { key: 'env:PLUMBLINE_KEY' } } as never,
    engines: [{ id: 'postgresql' }],
    passwords: new Map(),
    source: { environment, working_directory: directory },
    secrets: createSecrets(),
  });

describe('a password at rest', () => {
  it('comes back whatever it is, only with its key and under its name', () => {
    const [key, other] = [parseKey(newKey(), 'k'), parseKey(newKey(), 'k')];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (password) => {
        const sealed = encrypt(password, 'shop', key);
        expect(decrypt(sealed, 'shop', key)).toBe(password);
        expect(() => decrypt(sealed, 'shop', other)).toThrow(other.key_id);
        expect(() => decrypt(sealed, 'other', key)).toThrow(/does not decrypt/);
      }),
    );
  });

  it.each(['', 'short', Buffer.alloc(31).toString('base64'), 'ä'.repeat(32)])(
    'a key of the wrong size is refused: %p',
    (text) => {
      expect(() => parseKey(text, 'PLUMBLINE_KEY')).toThrow(/PLUMBLINE_KEY: is not a key of 32 bytes/);
    },
  );

  it('lies in instances.json encrypted, readable for this user only', async () => {
    const instances = await open({ PLUMBLINE_KEY: newKey() });
    await instances.add(shop, 'open-sesame');
    const path = join(directory, 'instances.json');
    expect(readFileSync(path, 'utf8')).not.toContain('open-sesame');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(instances.list().map(instances.public))).not.toMatch(/open-sesame|encrypted|"credential"/);
  });

  it('is encrypted anew with another key, after which only that one opens it', async () => {
    const [before, next] = [newKey(), newKey()];
    const instances = await open({ PLUMBLINE_KEY: before });
    await instances.add(shop, 'open-sesame');
    await instances.add({ ...shop, name: 'by-reference', credential: 'env:SOMEWHERE' }, undefined);
    expect(await instances.rotateKey(parseKey(next, 'k'))).toBe(1);
    await expect(open({ PLUMBLINE_KEY: before })).rejects.toThrow(/is encrypted with key/);
    const reopened = await open({ PLUMBLINE_KEY: next });
    expect(await reopened.password(reopened.find('shop') ?? shop)).toBe('open-sesame');
    expect(reopened.find('by-reference')?.credential).toBe('env:SOMEWHERE');
    // The one that rotated goes on with the new key.
    await instances.edit('shop', {}, 'another-sesame');
    expect(await (await open({ PLUMBLINE_KEY: next })).password(instances.find('shop') ?? shop)).toBe('another-sesame');
  });

  it('is not encrypted anew with the key it has', async () => {
    const key = newKey();
    const instances = await open({ PLUMBLINE_KEY: key });
    await expect(instances.rotateKey(parseKey(key, 'k'))).rejects.toThrow(/is in use already/);
  });

  it('is there again after a restart with the same key', async () => {
    const environment = { PLUMBLINE_KEY: newKey() };
    const added = await (await open(environment)).add(shop, 'open-sesame');
    expect(await (await open(environment)).password(added)).toBe('open-sesame');
  });

  it('stops the start with another key, naming both key ids', async () => {
    const [first, second] = [newKey(), newKey()];
    await (await open({ PLUMBLINE_KEY: first })).add(shop, 'open-sesame');
    const ids = [parseKey(first, '').key_id, parseKey(second, '').key_id];
    await expect(open({ PLUMBLINE_KEY: second })).rejects.toThrow(
      `is encrypted with key ${ids[0]}, but the key set is ${ids[1]}`,
    );
    await expect(open({})).rejects.toThrow(`is encrypted with key ${ids[0]}, and no key is set`);
  });

  it('is refused when there is no key to keep it with', async () => {
    await expect((await open({})).add(shop, 'open-sesame')).rejects.toThrow(/password: cannot be kept/);
  });
});

describe('the list of instances', () => {
  it('refuses a name that is taken, an unknown engine and changes to what the file describes', async () => {
    const instances = await open({}, [shop]);
    await expect(instances.add(shop, undefined)).rejects.toThrow(/an instance shop exists/);
    await expect(instances.add({ ...shop, name: 'b', engine: 'postgresq' }, undefined)).rejects.toThrow(
      /Did you mean "postgresql"/,
    );
    await expect(instances.edit('shop', { host: 'x' })).rejects.toThrow(/described in the configuration file/);
    await expect(instances.remove('shpo')).rejects.toThrow(/Did you mean "shop"/);
  });

  it('keeps what an edit does not name', async () => {
    const instances = await open({});
    await instances.add({ ...shop, enabled: false }, undefined);
    expect(await instances.edit('shop', { host: 'elsewhere' })).toEqual({ ...shop, enabled: false, host: 'elsewhere' });
    expect((await open({})).find('shop')?.host).toBe('elsewhere');
  });

  it.each(['{', '[{"name": 1}]', '"text"'])('a damaged instances.json is a problem with its path: %s', async (text) => {
    writeFileSync(join(directory, 'instances.json'), text);
    await expect(open({})).rejects.toThrow(ProblemError);
    await expect(open({})).rejects.toThrow(/instances\.json/);
  });
});

describe('a reference to a secret', () => {
  const source = () => ({ environment: { SET: 'value', EMPTY: '' }, working_directory: directory });

  it('is read from the variable or the file, without the line break that editors add', async () => {
    writeFileSync(join(directory, 'secret'), 'from file\n');
    expect(await resolveReference('env:SET', 'f', source())).toBe('value');
    expect(await resolveReference('file:secret', 'f', source())).toBe('from file');
  });

  it.each([
    ['env:UNSET', /f: the variable UNSET is not set\. Set UNSET/],
    ['env:EMPTY', /f: the variable EMPTY is not set/],
    ['file:/nowhere', /f: the file \/nowhere cannot be read \(ENOENT\)/],
    ['plain', /f: is not a reference/],
  ])('%s is a problem that says what to do', async (reference, expected) => {
    await expect(resolveReference(reference, 'f', source())).rejects.toThrow(expected);
  });
});

describe('tokens', () => {
  const openWith = (tokens: unknown[], environment: NodeJS.ProcessEnv = {}) =>
    openTokens(
      { data_directory: directory, api: { tokens } } as never,
      { environment, working_directory: directory },
      createSecrets(),
    );

  it('are generated once per role, kept at mode 0600, and the same at the next start', async () => {
    const first = await openWith([]);
    const again = await openWith([]);
    expect(first.generated_path).toBe(join(directory, 'tokens.json'));
    expect(statSync(join(directory, 'tokens.json')).mode & 0o777).toBe(0o600);
    const token = first.tokenOf('operator') ?? '';
    expect(token.length).toBeGreaterThan(30);
    expect(again.callerOf(token)).toEqual({ name: 'operator', role: 'operator' });
    expect(again.callerOf(`${token}x`)).toBeUndefined();
    expect(again.callerOf('')).toBeUndefined();
  });

  it('that cannot be had are all told at once', async () => {
    const tokens = [
      { name: 'a', role: 'viewer', credential: 'env:NONE' },
      { name: 'b', role: 'admin', credential: 'env:SHORT' },
    ];
    const opening = openWith(tokens, { SHORT: 'short' });
    await expect(opening).rejects.toThrow(/tokens\[0\].*NONE is not set[^]*tokens\[1\].*fewer than 16/);
  });

  it('a damaged token file is a problem, not an open door', async () => {
    writeFileSync(join(directory, 'tokens.json'), '{"viewer": ""}');
    chmodSync(join(directory, 'tokens.json'), 0o600);
    await expect(openWith([])).rejects.toThrow(/is not a file of tokens/);
  });
});
