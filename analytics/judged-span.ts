import type { AnalyticsSettings } from './settings.js';

/** The shorter of the two graces: ten minutes are right for ten-minute points, three points for points of seconds. */
export const restartGrace = (settings: AnalyticsSettings): number =>
  Math.min(settings.restart_grace_s, settings.restart_grace_points * settings.point_s);

export const before = (at: Date, points: number, settings: AnalyticsSettings): Date =>
  new Date(at.getTime() - points * settings.point_s * 1000);

/** The beginning of the point in which a moment lies: a point is read whole or not at all. */
export const pointStart = (at: Date, settings: AnalyticsSettings): Date => {
  const point_ms = settings.point_s * 1000;
  return new Date(Math.floor(at.getTime() / point_ms) * point_ms);
};

/** Number of the newest point that has ended. */
export const lastPoint = (as_of: Date, settings: AnalyticsSettings): number =>
  Math.floor(as_of.getTime() / (settings.point_s * 1000)) - 1;
