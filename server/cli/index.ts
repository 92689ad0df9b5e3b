import { ProblemError, problemText } from '@plumbline/contracts';
import { CommanderError, Command } from 'commander';
import { errorText } from '../logging.js';
import { version } from '../version.js';
import { addCollect } from './collect.js';
import { CommandFailure } from './command-failure.js';
import { addCompress } from './compress.js';
import { addDeadLetters } from './dead-letters.js';
import { addDoctor } from './doctor.js';
import { exit_code_help, exit_codes } from './exit-codes.js';
import { addFeatures } from './features.js';
import { addInstances } from './instances.js';
import { addJudge, addReplay } from './judge-again.js';
import { addMigrate } from './migrate.js';
import { toScreen } from './screen.js';
import type { Screen } from './screen.js';
import { addStart } from './start.js';
import { addStatus } from './status.js';
import { addTopics } from './topics.js';

/** The command line. Sets the process's exit code (exit-codes.ts) and never throws. */
export async function main(argv: readonly string[], screen: Screen = toScreen): Promise<void> {
  process.exitCode = await run(argv, screen);
}

/** @returns the exit code. */
export async function run(argv: readonly string[], screen: Screen): Promise<number> {
  let code: number = exit_codes.ok;
  const program = new Command('plumbline')
    .description('Which query got worse, since when, why, what to do about it, and whether the fix worked.')
    .version(version)
    .addHelpText('after', exit_code_help)
    // "features export --version 1" is not "plumbline --version".
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => screen.out(text.trimEnd()),
      writeErr: (text) => screen.error(text.trimEnd()),
    })
    .exitOverride();
  const cli = { screen, end: (with_code: number) => void (code = with_code) };
  for (const add of [
    addStart,
    addDoctor,
    addCollect,
    addStatus,
    addMigrate,
    addInstances,
    addCompress,
    addFeatures,
    addJudge,
    addReplay,
    addTopics,
    addDeadLetters,
  ])
    add(program, cli);
  program.commands.forEach(function inherit(command) {
    command.copyInheritedSettings(program).exitOverride();
    command.commands.forEach(inherit);
  });
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    return told(error, screen);
  }
}

/** What went wrong, in words for a person; a stack only for what should not happen. */
function told(error: unknown, screen: Screen): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit_codes.ok : exit_codes.wrong_command;
  if (error instanceof ProblemError) {
    const count = error.problems.length;
    screen.error(`${count} ${count === 1 ? 'problem' : 'problems'}:`);
    for (const problem of error.problems) screen.error(`  ${problemText(problem)}`);
    return exit_codes.wrong_configuration;
  }
  if (error instanceof CommandFailure) {
    screen.error(error.message);
    return error.exit_code;
  }
  screen.error(`This is a fault of plumbline: ${errorText(error)}`);
  if (error instanceof Error && error.stack !== undefined) screen.error(error.stack);
  return exit_codes.fault;
}
