import { readFileSync } from 'node:fs';

/** VmRSS and VmHWM of Linux's /proc/<pid>/status, in MB. Throws when there is no such process. */
export function residentMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (line === null) throw new Error(`no ${field} for process ${pid}`);
  return Number(line[1]) / 1024;
}
