import { significant } from './formatDuration';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function formatBytes(size_bytes: number): string {
  if (!Number.isFinite(size_bytes)) return '–';
  let unit = 0;
  let size = Math.abs(size_bytes);
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size_bytes < 0 ? '−' : ''}${significant(size)} ${units[unit]}`;
}
