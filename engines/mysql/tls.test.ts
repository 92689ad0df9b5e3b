import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engine } from './index.js';
import type { LocalServer } from './local-server.js';
import { collectTools, connected, describeOnServers, targetOf, temporaryServer } from './testing/tools.js';

const tools = collectTools();

describeOnServers('a server with certificates', (binaries) => {
  let server: LocalServer;
  let misnamed: LocalServer;
  let folder: string;
  const certificate = (name: string, host: string): void => {
    const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${host}`];
    const names = ['-addext', `subjectAltName=DNS:${host},IP:127.0.0.2`];
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.pem`)];
    execFileSync('openssl', [...kind, ...names, ...files], { stdio: 'ignore' });
    for (const file of readdirSync(folder)) chmodSync(join(folder, file), 0o644);
  };
  const target = (over: Parameters<typeof targetOf>[1]) => targetOf(server, { host: 'localhost', ...over });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-tls-'));
    chmodSync(folder, 0o755);
    certificate('server', 'localhost');
    certificate('other', 'localhost');
    certificate('misnamed', 'db.example.org');
    const settingsOf = (name: string) => ({
      ssl_cert: join(folder, `${name}.pem`),
      ssl_key: join(folder, `${name}.key`),
    });
    server = await temporaryServer({ binaries, settings: settingsOf('server') });
    misnamed = await temporaryServer({ binaries, settings: settingsOf('misnamed') });
  });
  afterAll(async () => {
    await server.stop();
    await misnamed.stop();
    rmSync(folder, { recursive: true });
  });

  it('is trusted by the authority that signed it', () =>
    connected(target({ tls: 'verify', tls_ca_file: join(folder, 'server.pem') }), async (connection) => {
      expect((await connection.collect('metrics', undefined, tools)).outcome.state).toBe('ok');
    }));

  it.each([
    { what: 'by another authority', over: { tls_ca_file: 'other.pem' } },
    { what: 'by the authorities of the machine', over: {} },
    { what: 'by its address alone', over: { host: '127.0.0.1', tls_ca_file: 'server.pem' } },
  ])('is not trusted $what', async ({ over }) => {
    const file = 'tls_ca_file' in over ? { tls_ca_file: join(folder, over.tls_ca_file) } : {};
    const failed = engine.connect(target({ tls: 'verify', ...over, ...file }));
    await expect(failed).rejects.toMatchObject({ failure: 'unreachable', fix: expect.stringContaining('tls_ca_file') });
  });

  it('is not trusted under another name than its own', async () => {
    const over = { host: 'localhost', tls: 'verify' as const, tls_ca_file: join(folder, 'misnamed.pem') };
    const failed = engine.connect(targetOf(misnamed, over));
    await expect(failed).rejects.toMatchObject({ failure: 'unreachable', fix: expect.stringContaining('tls_ca_file') });
  });

  it('is used without being trusted where that is enough', () =>
    connected(target({ tls: 'require' }), async (connection) => {
      expect(connection.server_version).toBe(server.server_version);
    }));
});
