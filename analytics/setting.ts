import { z } from 'zod';

/** What a threshold may be: a whole number or a real one, within bounds; and its unit with the reason for its default. */
export const whole = (least: number, most: number) => z.number().int().min(least).max(most);
export const real = (least: number, most: number) => z.number().min(least).max(most);

export const why = (unit: string, reason: string) => ({ unit, reason, description: reason });
