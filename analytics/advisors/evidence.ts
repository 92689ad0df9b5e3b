import type { EvidenceItem, ViewName, ViewParams } from '@plumbline/contracts';

/** Names the view, and what it was asked with, that shows a piece of evidence again. */
export function shownBy<Name extends ViewName>(view: Name, params: Partial<ViewParams<Name>>): string {
  const given = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  return `${view}(${given.join(', ')})`;
}

export const evidence = (label: string, value: string, source: string): EvidenceItem => ({ label, value, source });

const byte_units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(byte_units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${byte_units[power] ?? 'B'}`;
}

export const percentText = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

export function countText(count: number): string {
  return count >= 1000 ? Math.round(count).toLocaleString('en-US') : String(Number(count.toPrecision(3)));
}

export function durationText(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.001) return `${Number((seconds * 1e6).toPrecision(3))} µs`;
  if (size < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  if (size < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (size < 7200) return `${Number((seconds / 60).toPrecision(3))} min`;
  if (size < 172_800) return `${Number((seconds / 3600).toPrecision(3))} h`;
  return `${Number((seconds / 86_400).toPrecision(3))} days`;
}
