import { SourceError } from '@plumbline/contracts';

/** Work on one connection: each waits for the one before, however that ended. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #is_closed = false;

  /** Throws SourceError when the turn comes after the end. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => {
      if (this.#is_closed) throw new SourceError('broken', 'the connection was closed', 'Connect again');
      return work();
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Gives no more turns, not even to those who wait; resolves when the one under way has ended. */
  async end(): Promise<void> {
    this.#is_closed = true;
    await this.#last;
  }
}
