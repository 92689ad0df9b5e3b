import type { WaitDeltaRow } from '@plumbline/contracts';

type WaitClass = WaitDeltaRow['wait_class'];

/** Oracle's wait classes in the common vocabulary. Idle waits are nobody's and are left out where they are read. */
const classes: Readonly<Record<string, WaitClass>> = {
  'User I/O': 'io',
  'System I/O': 'io',
  // log file sync: the commit waits for the log to reach the disk.
  Commit: 'io',
  // Row locks, and what else the application itself brings about.
  Application: 'lock',
  // Latches, mutexes, the library cache, buffers that others hold.
  Concurrency: 'lwlock',
  Network: 'client',
  Cluster: 'ipc',
  Queueing: 'ipc',
};

export const waitClassOf = (native_class: string): WaitClass => classes[native_class] ?? 'other';
