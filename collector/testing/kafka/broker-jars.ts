import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kafkaClient } from '../../bus/kafka/client.js';
import { messageOf } from '../../message-of.js';

const run = promisify(execFile);
const least_java = 17;
const pom = fileURLToPath(new URL('../../../testing/kafka/pom.xml', import.meta.url));

export const kafka_version = /<kafka\.version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1] ?? '';
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'plumbline');
const jars = join(cache, `kafka-${kafka_version}`);

/** What this machine lacks to run a Kafka broker; '' when nothing is. */
export async function missingForKafka(): Promise<string> {
  const version = await javaVersion();
  if (version < least_java) {
    const found = version === 0 ? 'none is on the PATH' : `Java ${version} is on the PATH`;
    return `Apache Kafka ${kafka_version} needs Java ${least_java} or newer; ${found}`;
  }
  const unbuilt = clientProblem();
  if (unbuilt !== '' || existsSync(jars)) return unbuilt;
  const has_maven = await run('mvn', ['--version']).then(
    () => true,
    () => false,
  );
  return has_maven ? '' : `Apache Kafka ${kafka_version} is fetched by Maven; mvn is not on the PATH`;
}

function clientProblem(): string {
  try {
    kafkaClient();
    return '';
  } catch (error) {
    return messageOf(error);
  }
}

async function javaVersion(): Promise<number> {
  try {
    const { stderr } = await run('java', ['-version']);
    return Number(/version "(?:1\.)?(\d+)/.exec(stderr)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The class path of the broker. Fetched once per machine; later calls, also of other processes, find it. */
export async function brokerClassPath(): Promise<string> {
  if (!existsSync(jars)) await fetchJars();
  return join(jars, '*');
}

/** Into a folder of its own first: a fetch cut short, or two at once, leave no half-filled folder. */
async function fetchJars(): Promise<void> {
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, 'fetching-'));
  try {
    await run('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`]);
    await rename(partial, jars);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(jars)) throw error;
  }
}
