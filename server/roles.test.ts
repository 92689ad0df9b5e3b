import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '@plumbline/contracts';
import { checkRole, process_roles } from './roles.js';
import type { ProcessRole } from './roles.js';

const kafka = { uri: 'kafka://broker:9092/plumbline', kafka_settings: {} };
const memory = { uri: 'memory:', kafka_settings: {} };
const server = { uri: 'http://clickhouse:8123/plumbline' };

function refused(role: ProcessRole, bus: typeof kafka, store: { uri?: string }): readonly string[] {
  try {
    checkRole(role, { bus, store });
    return [];
  } catch (error) {
    return error instanceof ProblemError ? error.problems.map(({ field }) => field) : ['(other)'];
  }
}

describe('a role', () => {
  it.each(process_roles)('%s starts with Kafka and a server as store', (role) => {
    expect(refused(role, kafka, server)).toEqual([]);
  });

  it('all starts with what one process has', () => expect(refused('all', memory, {})).toEqual([]));

  it.each(process_roles.filter((role) => role !== 'all'))('%s is refused where it could meet no other', (role) => {
    expect(refused(role, memory, server)).toEqual(['bus.uri']);
    expect(refused(role, kafka, {})).toEqual(['store.uri']);
    expect(refused(role, memory, { uri: 'chdb:///var/lib/plumbline' })).toEqual(['bus.uri', 'store.uri']);
  });
});
