import { afterAll, beforeAll, describe } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { engineContract } from '../engine.contract.js';
import { collectTools, targetOf, testEngine } from './testing/tools.js';
import { selfSigned, type SelfSigned } from './testing/certificate.js';
import { DremioStandIn } from './testing/stand-in.js';

const statement = `SELECT c_name FROM "lake"."sales"."customer" WHERE c_custkey = 4711`;

/** No Dremio can run where the tests do: the suite runs on a stand-in made from Dremio's documents. */
describe.each(['software', 'cloud'] as const)('Dremio (%s, stand-in) as an engine', (edition) => {
  let stand_in: DremioStandIn;
  let certificate: SelfSigned;
  const tools = collectTools();

  beforeAll(async () => {
    certificate = selfSigned();
    stand_in = await DremioStandIn.start({ edition, ...(edition === 'cloud' ? { tls: certificate } : {}) });
  });
  afterAll(async () => {
    await stand_in.stop();
    certificate.remove();
  });

  engineContract(testEngine(), () => ({
    target: targetOf(stand_in, edition === 'cloud' ? { tls_ca_file: certificate.ca_file } : {}),
    tools,
    statement,
    run: (times) => {
      for (let run = 0; run < times; run += 1) {
        const submitted_ms = Date.now();
        stand_in.runs.push({
          ...{ job_id: randomUUID(), status: 'COMPLETED', query_type: 'JDBC', user_name: 'bi', query: statement },
          ...{ submitted_ms, final_ms: submitted_ms + 20 },
        });
      }
      if (edition === 'cloud') tools.advance(3_600_000); // its history is written, and read, by the hour
      return Promise.resolve();
    },
  }));
});
