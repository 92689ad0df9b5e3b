import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Room kept on the disk for what frees room: on a full disk a batch could else not be marked as handed out, so nothing
 * would be delivered, so nothing would be removed.
 */
export class Reserve {
  readonly #path: string;
  #is_spent = false;

  private constructor(
    directory: string,
    readonly size_bytes: number,
  ) {
    this.#path = join(directory, 'reserve');
  }

  /** Without room for it there is none; what is written may then still find some. */
  static async open(directory: string, size_bytes: number): Promise<Reserve> {
    const reserve = new Reserve(directory, size_bytes);
    await reserve.fill();
    return reserve;
  }

  get is_spent(): boolean {
    return this.#is_spent;
  }

  /** False: the disk has not so much to spare. */
  async fill(): Promise<boolean> {
    const before = await stat(this.#path).catch(() => undefined);
    try {
      // Random, so that no file system saves the space by compressing it.
      if (before?.size !== this.size_bytes) await writeFile(this.#path, randomBytes(this.size_bytes));
      this.#is_spent = false;
      return true;
    } catch {
      await rm(this.#path, { force: true });
      return false;
    }
  }

  /** Gives the room back to the disk. False: it was given back already. */
  async spend(): Promise<boolean> {
    if (this.#is_spent) return false;
    this.#is_spent = true;
    await rm(this.#path, { force: true });
    return true;
  }
}
