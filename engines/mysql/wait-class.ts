import type { WaitDeltaRow } from '@plumbline/contracts';

type WaitClass = WaitDeltaRow['wait_class'];

/** By the begin of an instrument's name: the first that fits. */
const event_classes: readonly (readonly [begin: string, wait_class: WaitClass])[] = [
  ['wait/io/file/', 'io'],
  ['wait/io/table/', 'io'],
  ['wait/io/socket/', 'client'],
  ['wait/lock/', 'lock'],
  ['wait/synch/', 'lwlock'],
];

export const eventClass = (event_name: string): WaitClass =>
  event_classes.find(([begin]) => event_name.startsWith(begin))?.[1] ?? 'other';

/** By the words the server shows for what a session does: the first that fits. */
const state_classes: readonly (readonly [state: RegExp, wait_class: WaitClass])[] = [
  [/^(sending to client|writing to net|reading from net|receiving from client|starting)$/i, 'client'],
  [/commit|binlog|semi-?sync|\back\b|replica|slave|gtid/i, 'ipc'],
  [/\block\b|locked|waiting for table/i, 'lock'],
  [/on disk|flush|syncing|purging/i, 'io'],
  [/^user sleep$|^waiting/i, 'other'],
];

/** What a session is busy with is told by its state alone; one that names no wait runs on a processor. */
export const stateClass = (state: string): WaitClass =>
  state_classes.find(([pattern]) => pattern.test(state))?.[1] ?? 'cpu';
