import { randomUUID } from 'node:crypto';
import type { Store } from '@plumbline/clickhouse';
import type { Outbox } from '@plumbline/collector';

/** Counter states on their way from one collector's outbox to the next one's, by way of the store. */
export interface HandedOver {
  readonly instance_id: string;
  /** The term under which they were current. */
  readonly term: number;
}

/** All states of the instance as they are in this outbox; nothing may read it any more. */
export async function handOver(
  { instance_id, term }: HandedOver,
  aspects: readonly string[],
  outbox: Outbox,
  store: Store,
): Promise<void> {
  const rows: string[] = [];
  for (const aspect of aspects) {
    const state = await outbox.readState(instance_id, aspect);
    if (state !== undefined) rows.push(JSON.stringify({ instance_id, aspect, term, state: JSON.stringify(state) }));
  }
  if (rows.length === 0) return;
  await store.insert('handed_over_states', rows.join('\n'), { token: `${instance_id}:${term}:${randomUUID()}` });
}

/** Puts the states of that term into this outbox, in place of what it knew; gives how many there were. */
export async function takeOver({ instance_id, term }: HandedOver, outbox: Outbox, store: Store): Promise<number> {
  const rows = await store.query<{ readonly aspect: string; readonly state: string }>(
    `SELECT aspect, state FROM handed_over_states FINAL
     WHERE instance_id = {instance_id:String} AND term = {term:UInt64}`,
    { params: { instance_id, term }, settings: { select_sequential_consistency: 1 } },
  );
  const states = rows.map(({ aspect, state }) => ({ aspect, value: JSON.parse(state) as unknown }));
  await replaceStates(instance_id, states, outbox);
  return rows.length;
}

/** From here on the instance is read from these states, whatever this outbox knew. */
export async function replaceStates(
  instance_id: string,
  states: readonly { readonly aspect: string; readonly value: unknown }[],
  outbox: Outbox,
): Promise<void> {
  await outbox.forget(instance_id);
  for (const { aspect, value } of states) await outbox.append({ state: { instance_id, aspect, value } });
}
