import { significant } from './formatDuration';

const scales = ['', 'k', 'M', 'G', 'T'];

/** 950, 1.2 k, 3.45 M. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return '–';
  let scale = 0;
  let size = Math.abs(count);
  while (size >= 1000 && scale < scales.length - 1) {
    size /= 1000;
    scale++;
  }
  return `${count < 0 ? '−' : ''}${significant(size)}${scale === 0 ? '' : ` ${scales[scale]}`}`;
}
