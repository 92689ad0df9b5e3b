import { readFile } from 'node:fs/promises';
import type { Store } from '@plumbline/clickhouse';
import { startSink } from '@plumbline/collector';
import { letterBytes, replayBatch } from '@plumbline/collector/sink/replay';
import type { BuriedLetter } from '@plumbline/collector/sink/replay';
import { utc } from '@plumbline/contracts';
import type { Command } from 'commander';
import { openBus } from '../bus.js';
import { errorText } from '../logging.js';
import { createOpened } from '../opened.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import { table } from './screen.js';
import type { Cli } from './screen.js';
import { withConfigOptions } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';
import { withStore } from './with-store.js';

interface Letter extends BuriedLetter {
  readonly letter_id: string;
  readonly reason: string;
  readonly lane: string;
  readonly message_offset: string;
  readonly replays: string;
}

const letter_columns = `letter_id, toString(received_at) AS received_at, instance_id, aspect, batch_id, target_table,
  reason, lane, toString(message_offset) AS message_offset, encoding`;
const replays_of = '(SELECT letter_id, toString(count()) AS replays FROM dead_letter_replays GROUP BY letter_id)';
const longest_reason = 90;

export function addDeadLetters(program: Command, cli: Cli): void {
  const letters = program
    .command('dead-letters')
    .description('What could not be stored: look at it, repair it, replay it');
  withConfigOptions(letters.command('list'))
    .description('The newest letters with their reasons')
    .option('--limit <number>', 'how many', '50')
    .option('--json', 'print JSON')
    .action(async (options: ConfigOptions & { limit: string; json?: true }) => {
      await withStore(options, cli.screen, async (store) => {
        const rows = await listLetters(store, Number(options.limit) || 50);
        cli.screen.out(options.json ? JSON.stringify({ letters: rows }, null, 2) : listText(rows));
      });
    });
  withConfigOptions(letters.command('show'))
    .description('One letter, whole')
    .argument('<letter>', 'its id from the list')
    .option('--raw', 'only its content, for a file to repair')
    .action(async (letter_id: string, options: ConfigOptions & { raw?: true }) => {
      await withStore(options, cli.screen, async (store) => {
        const { raw, ...fields } = await findLetter(store, letter_id);
        if (options.raw) return cli.screen.out(letterBytes({ raw, encoding: fields.encoding }).toString('utf8'));
        cli.screen.out([...Object.entries(fields).map(([name, value]) => `${name}: ${value}`), '', raw].join('\n'));
      });
    });
  withConfigOptions(letters.command('replay'))
    .description('Send a letter again, as it is or repaired; the same content is never counted twice')
    .argument('<letter>', 'its id from the list')
    .option('--with <file>', 'the repaired content: the message, or the rows of its table, one JSON object per line')
    .action(async (letter_id: string, options: ConfigOptions & { with?: string }) => {
      await withStore(options, cli.screen, async (store, setting) => {
        cli.screen.out(await replay(store, setting, letter_id, options.with));
      });
    });
}

const listLetters = (store: Store, limit: number): Promise<readonly Omit<Letter, 'raw'>[]> =>
  store.query(
    `SELECT ${letter_columns}, replays FROM dead_letters LEFT JOIN ${replays_of} AS replayed USING (letter_id)
     ORDER BY dead_letters.received_at DESC, letter_id LIMIT {limit:UInt32}`,
    { params: { limit } },
  );

async function findLetter(store: Store, letter_id: string): Promise<Letter> {
  const [letter] = await store.query<Letter>(
    `SELECT ${letter_columns}, raw, replays FROM dead_letters LEFT JOIN ${replays_of} AS replayed USING (letter_id)
     WHERE letter_id = {letter_id:String} LIMIT 1`,
    { params: { letter_id } },
  );
  if (letter !== undefined) return letter;
  throw new CommandFailure(
    `There is no letter ${letter_id}. See plumbline dead-letters list.`,
    exit_codes.something_is_wrong,
  );
}

async function replay(store: Store, setting: Setting, letter_id: string, file: string | undefined): Promise<string> {
  const letter = await findLetter(store, letter_id);
  const batch = batchOf(letter, file === undefined ? letterBytes(letter) : await contentOf(file));
  const { config } = setting.loaded;
  const opened = createOpened();
  try {
    const bus = await openBus(config, setting.source, setting.log);
    opened.add('bus', () => bus.close());
    // Within one process nobody else would take it.
    const sink = config.bus.uri === 'memory:' ? await startSink({ bus, store, log: setting.log }) : undefined;
    opened.add('sink', () => sink?.stop());
    await bus.publish(batch);
    const row = {
      letter_id,
      batch_id: batch.batch_id,
      is_repaired: file === undefined ? 0 : 1,
      replayed_at: utc(new Date()),
    };
    await store.insert('dead_letter_replays', JSON.stringify(row), { token: `${letter_id}:${row.replayed_at}` });
    if ((sink?.status().dead_letters ?? 0) > 0) {
      const message = `The letter was refused again. See plumbline dead-letters list for batch ${batch.batch_id}.`;
      throw new CommandFailure(message, exit_codes.something_is_wrong);
    }
    return sink === undefined
      ? `Sent as batch ${batch.batch_id}; a sink stores it`
      : `Stored as batch ${batch.batch_id}`;
  } finally {
    await opened.closeAll(setting.log);
  }
}

function batchOf(letter: Letter, content: Buffer): ReturnType<typeof replayBatch> {
  try {
    return replayBatch(letter, content);
  } catch (error) {
    const message = `Letter ${letter.letter_id} cannot be replayed: ${errorText(error)}`;
    throw new CommandFailure(message, exit_codes.something_is_wrong);
  }
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${errorText(error)}`, exit_codes.wrong_command);
  }
}

function listText(letters: readonly Omit<Letter, 'raw'>[]): string {
  if (letters.length === 0) return 'There are no dead letters';
  const place = ({ lane, message_offset }: Omit<Letter, 'raw'>): string =>
    lane === '' ? '' : `${lane}@${message_offset}`;
  const rows = letters.map((one) => [
    one.letter_id,
    one.received_at,
    one.instance_id,
    one.target_table === '' ? '(message)' : one.target_table,
    place(one),
    one.replays === '' || one.replays === '0' ? '' : one.replays,
    one.reason.split('\n')[0]?.slice(0, longest_reason) ?? '',
  ]);
  return table(['LETTER', 'RECEIVED', 'INSTANCE', 'TABLE', 'FROM', 'REPLAYS', 'REASON'], rows);
}
