import { describe, expect, it } from '@jest/globals';
import { referenceRows } from './reference-page.js';

describe('the configuration page', () => {
  it('has a reason for every key, and a unit for every key that ends in one', () => {
    const rows = referenceRows();
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(({ reason }) => reason === '').map(({ name }) => name)).toEqual([]);
    const unitless = rows.filter(({ name, unit }) => /_(s|ms|bytes|rows|points)$/.test(name) && unit === '');
    expect(unitless.map(({ name }) => name)).toEqual([]);
  });
});
