import { significant } from './formatDuration';

/** "×4.2" against the baseline; "new" when there was none to compare with. */
export const formatRatio = (ratio: number): string =>
  Number.isFinite(ratio) && ratio > 0 ? `×${significant(ratio)}` : '–';
/** 0.1234 → "12.3 %". */
export const formatShare = (share: number): string => (Number.isFinite(share) ? `${significant(share * 100)} %` : '–');
