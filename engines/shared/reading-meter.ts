import type { TimeLimit } from '@plumbline/contracts';

/** What one reading costs its server. */
export interface Metered {
  /** How long the server was busy with this reading: its statements, without the wait for a turn or our own work. */
  readonly busy_ms: number;
}

/** Sends one statement, whatever it is asked with. */
type AnyQuery = (...asked: never[]) => Promise<unknown>;

/** Measures one reading. Its time limit stands still while other readings have the connection. */
export class ReadingMeter implements Metered {
  #busy_ms = 0;

  constructor(
    readonly limit: TimeLimit | undefined,
    readonly now_ms: () => number = () => performance.now(),
  ) {}

  get busy_ms(): number {
    return this.#busy_ms;
  }

  /** Runs one statement; one that fails kept the server busy too. */
  async statement<T>(run: () => Promise<T>): Promise<T> {
    const began_ms = this.now_ms();
    try {
      return await run();
    } finally {
      this.#busy_ms += this.now_ms() - began_ms;
    }
  }

  /** Waits for a turn: `ask` calls what it is given when the turn has come, and may fail before. */
  turn<T>(ask: (hasCome: () => void) => Promise<T>): Promise<T> {
    this.limit?.pause();
    let is_waiting = true;
    const endWait = (): void => {
      if (is_waiting) this.limit?.resume();
      is_waiting = false;
    };
    return ask(endWait).finally(endWait);
  }

  /** Works with a connection when its turn has come, each statement timed. `read` waits for the turn and lends it. */
  read<Query extends AnyQuery, T>(
    read: (work: (query: Query) => Promise<T>) => Promise<T>,
    work: (query: Query) => Promise<T>,
  ): Promise<T> {
    return this.turn((hasCome) =>
      read((query) => {
        hasCome();
        const timed = (...asked: never[]): Promise<unknown> => this.statement(() => query(...asked));
        return work(timed as Query);
      }),
    );
  }
}
