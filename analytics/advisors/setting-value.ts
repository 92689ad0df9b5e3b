const unit_bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  tb: 1024 ** 4,
};

const unit_bytes_mb = 1024 ** 2;

interface Setting {
  readonly value: string;
  readonly unit: string;
}

/**
 * A memory setting in bytes. The unit may stand with the value (`64MB`) or beside it, there with a multiple (`8kB`
 * pages). Undefined when the setting is absent, has no unit of memory, or means "no limit" by a negative value.
 */
export function settingBytes(setting: Setting | undefined): number | undefined {
  const value = amount(setting?.value ?? '');
  if (!setting || !value || value.count < 0) return undefined;
  const unit =
    value.unit === '' ? (amount(setting.unit) ?? amount(`1${setting.unit}`)) : { count: 1, unit: value.unit };
  const bytes = unit_bytes[unit?.unit ?? ''];
  return unit && bytes !== undefined ? value.count * unit.count * bytes : undefined;
}

export function settingNumber(setting: Setting | undefined): number | undefined {
  const value = Number(setting?.value ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function amount(text: string): { count: number; unit: string } | undefined {
  const parts = /^\s*(-?\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  return parts ? { count: Number(parts[1]), unit: (parts[2] ?? '').toLowerCase() } : undefined;
}

/** Bytes as a setting is written: whole megabytes where it is that, else kilobytes. */
export const settingText = (bytes: number): string =>
  bytes >= unit_bytes_mb && bytes % unit_bytes_mb === 0
    ? `${bytes / unit_bytes_mb}MB`
    : `${Math.floor(bytes / 1024)}kB`;
