import { openWorld } from '@plumbline/analytics/testing/world';
import type { Figure } from '../figure.js';
import { captureNames, readCapture } from './capture-file.js';
import { replay } from './replay.js';
import type { Told } from './replay.js';
import { scenarios } from './scenarios.js';

/** Every capture through the judge: what is found how soon, dated how well, the cause, and what is told of nothing. */
export async function replayFigures(say: (line: string) => void): Promise<readonly Figure[]> {
  const world = await openWorld();
  const figures: Figure[] = [];
  try {
    for (const name of captureNames()) {
      say(`capture ${name}`);
      const slower = scenarios.find((scenario) => scenario.name === name)?.slower ?? {};
      const told = await replay(world, readCapture(name));
      for (const [statement, causes] of Object.entries(slower)) {
        const of_statement = told.find((one) => one.statement === statement);
        figures.push(foundFigure(name, statement, causes, of_statement));
      }
      figures.push(
        silence(
          name,
          told.filter(({ statement }) => slower[statement] === undefined),
        ),
      );
    }
  } finally {
    await world.close();
  }
  return figures;
}

function foundFigure(name: string, statement: string, causes: readonly string[], found: Told | undefined): Figure {
  const measured =
    found === undefined
      ? 'not told'
      : `after ${(found.after_s / 2).toFixed(0)} points, onset off by ${found.onset_error_s.toFixed(1)} s, ${found.cause}`;
  return {
    figure: `capture ${name}: ${statement}`,
    measured,
    target: `told, ${causes.join(' or ')}`,
    is_met: found !== undefined && causes.includes(found.cause),
  };
}

const silence = (name: string, told: readonly Told[]): Figure => ({
  figure: `capture ${name}: statements told that the fault left alone`,
  measured: told.length === 0 ? '0' : told.map(({ statement }) => statement).join(', '),
  target: '0',
  is_met: told.length === 0,
});
