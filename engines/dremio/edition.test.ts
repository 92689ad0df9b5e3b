import { expect, it } from '@jest/globals';
import { instanceId, type ConnectionTarget } from '@plumbline/contracts';
import { editionOf } from './edition.js';
import { default_options } from './options.js';
import { project_id } from './testing/stand-in.js';

const target: ConnectionTarget = {
  ...{ instance_id: instanceId('lake'), host: 'dremio.example.org', port: 9047, database_name: project_id },
  ...{ user_name: 'monitor', password: '', tls: 'verify' },
};

it.each([
  ['a host of one’s own', {}, 'software', 'https://dremio.example.org:9047', '/api/v3'],
  ['without TLS', { tls: 'off' as const }, 'software', 'http://dremio.example.org:9047', '/api/v3'],
  ['an address of IPv6', { host: '::1' }, 'software', 'https://[::1]:9047', '/api/v3'],
  [
    'a host that only looks like Cloud',
    { host: 'mydremio.cloud' },
    'software',
    'https://mydremio.cloud:9047',
    '/api/v3',
  ],
  [
    'Cloud in the US',
    { host: 'api.dremio.cloud' },
    'cloud',
    'https://api.dremio.cloud:443',
    `/v0/projects/${project_id}`,
  ],
  [
    'Cloud in the EU',
    { host: 'API.eu.dremio.cloud' },
    'cloud',
    'https://API.eu.dremio.cloud:443',
    `/v0/projects/${project_id}`,
  ],
  [
    'Cloud behind a port',
    { host: 'api.dremio.cloud', port: 8443 },
    'cloud',
    'https://api.dremio.cloud:8443',
    `/v0/projects/${project_id}`,
  ],
])('%s is told by the host', (_title, over, id, origin, prefix) => {
  expect(editionOf({ ...target, ...over }, default_options)).toMatchObject({ id, origin, prefix });
});
