import { createHash } from 'node:crypto';

/**
 * Which of the living collectors reads this instance: the one with the highest hash of both names. Every process finds
 * the same without asking, and when one dies only its own instances move. Undefined when none lives.
 */
export function ownerOf(instance_id: string, collectors: readonly string[]): string | undefined {
  let best: { readonly collector: string; readonly weight: bigint } | undefined;
  for (const collector of [...collectors].sort()) {
    const weight = createHash('sha256').update(`${instance_id}\n${collector}`).digest().readBigUInt64BE();
    if (best === undefined || weight > best.weight) best = { collector, weight };
  }
  return best?.collector;
}
