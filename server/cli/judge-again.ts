import { loadJobs } from '@plumbline/analytics';
import type { AnalyticsSettings } from '@plumbline/analytics';
import { differences } from '@plumbline/analytics/time-travel/compare';
import type { Difference } from '@plumbline/analytics/time-travel/compare';
import { judgeAt, replay } from '@plumbline/analytics/time-travel/judge-past';
import type { JudgedAgain, JudgingAgain } from '@plumbline/analytics/time-travel/judge-past';
import { eventsBetween, titleOf, toldBy } from '@plumbline/analytics/time-travel/judged-events';
import type { Store } from '@plumbline/clickhouse';
import { system_clock, utc } from '@plumbline/contracts';
import type { Command } from 'commander';
import { rendererOf } from '../judging.js';
import { timeArgument } from './arguments.js';
import { CommandFailure } from './command-failure.js';
import { exit_codes } from './exit-codes.js';
import { overridesOf } from './overrides.js';
import { table } from './screen.js';
import type { Cli } from './screen.js';
import { withConfigOptions } from './setting.js';
import type { ConfigOptions, Setting } from './setting.js';
import { withStore } from './with-store.js';

interface AgainOptions extends ConfigOptions {
  readonly set: readonly string[];
  readonly json?: true;
}

const what_is_known = `
A fact counts from when it reached the store; one stored before Plumbline wrote that down counts from the end of its
window. Texts, the list of instances and which of several plans was seen last are as they are now. A planner cannot be
asked about the past: what it proved then is given by rule and cost model. Nothing is written.`;

const withAgainOptions = (command: Command): Command =>
  withConfigOptions(command)
    .option(
      '--set <setting=value>',
      'judge by this instead, like analytics.z_threshold=4; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print JSON')
    .addHelpText('after', what_is_known);
const collect = (text: string, texts: readonly string[]): readonly string[] => [...texts, text];

export function addJudge(program: Command, cli: Cli): void {
  withAgainOptions(program.command('judge'))
    .description('What the judge would give, or gave, at a moment: regressions and recommendations, from stored facts')
    .requiredOption('--as-of <time>', 'the moment, UTC', timeArgument)
    .action(async (options: AgainOptions & { asOf: Date }) => {
      const overrides = overridesOf(options.set);
      await withStore(options, cli.screen, async (store, setting) => {
        const again = await judgeAt(await judgingAgain(store, setting, overrides), options.asOf);
        cli.screen.out(options.json ? JSON.stringify(again, null, 2) : judgedText(again, options.asOf));
      });
    });
}

export function addReplay(program: Command, cli: Cli): void {
  withAgainOptions(program.command('replay'))
    .description('Judge a span of the past again, run by run, and tell what differs from what was judged then')
    .requiredOption('--from <time>', 'its beginning, UTC', timeArgument)
    .requiredOption('--to <time>', 'its end, UTC', timeArgument)
    .action(async (options: AgainOptions & { from: Date; to: Date }) => {
      const { from, to } = options;
      if (from >= to) throw new CommandFailure('--to is not after --from.', exit_codes.wrong_command);
      const overrides = overridesOf(options.set);
      await withStore(options, cli.screen, async (store, setting) => {
        const again = await replay(await judgingAgain(store, setting, overrides), from, to);
        if (again.runs === 0) throw new CommandFailure(nothingJudged(from, to), exit_codes.something_is_wrong);
        const found = differences(await eventsBetween(store, from, to), again.events);
        const answer = { runs: again.runs, reservations: again.reservations, differences: found };
        cli.screen.out(options.json ? JSON.stringify(answer, null, 2) : replayedText(again, found));
        // With other settings differences are what was asked for.
        if (found.length > 0 && options.set.length === 0) cli.end(exit_codes.something_is_wrong);
      });
    });
}

const nothingJudged = (from: Date, to: Date): string =>
  `Nothing was judged from ${utc(from)} to ${utc(to)}, or it was not written down. Runs are kept 35 days.`;

const judgingAgain = async (
  store: Store,
  { loaded, engines, log }: Setting,
  overrides: Partial<AnalyticsSettings>,
): Promise<JudgingAgain> => ({
  store,
  jobs: await loadJobs(),
  settings: loaded.config.analytics,
  overrides,
  lent: { render: rendererOf(engines), log, clock: system_clock },
});

const notes = ({ reservations }: JudgedAgain): readonly string[] => reservations.map((one) => `Note: ${one}.`);

function judgedText(again: JudgedAgain, as_of: Date): string {
  const rows = again.events.map((event) => [
    event.kind,
    toldBy(event).severity ?? '',
    event.instance_id,
    event.of,
    event.id,
    titleOf(event),
  ]);
  const heading = ['EVENT', 'SEVERITY', 'INSTANCE', 'OF', 'ID', 'WHAT'];
  const found = rows.length === 0 ? 'The judge has nothing new to tell at that moment.' : table(heading, rows);
  return [`As of ${utc(as_of)}; nothing is written`, ...notes(again), found].join('\n');
}

function replayedText(again: JudgedAgain, found: readonly Difference[]): string {
  const told = `Runs judged again: ${again.runs}, events: ${again.events.length}, differences: ${found.length}`;
  const heading = ['DIFFERENCE', 'AT', 'INSTANCE', 'OF', 'EVENT', 'WHAT'];
  const rows = found.map(({ kind, event, change }) => [
    ...[kind, event.occurred_at, event.instance_id, `${event.of} ${event.id}`, event.kind, change],
  ]);
  return [told, ...notes(again), ...(found.length === 0 ? [] : [table(heading, rows)])].join('\n');
}
