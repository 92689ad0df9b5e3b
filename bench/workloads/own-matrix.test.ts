import { expect, it } from '@jest/globals';
import { compressionGates } from './compression-gates.js';
import { asCostMatrix, own_matrix_label, ownWeightedQueries, readOwnMatrix } from './own-matrix.js';

const matrix = readOwnMatrix();
const gates = compressionGates(asCostMatrix(matrix), ownWeightedQueries(matrix), matrix.budget_bytes);

it('the stored matrix says what made it', () => {
  expect(matrix.made_by).toMatchObject({ command: 'npm run bench -- matrix', scale: 0.1 });
  expect(matrix.made_by.server_version).toMatch(/^\d+\.\d+/);
  expect(matrix.queries).toHaveLength(380);
});

it.each(gates)(
  `of ${own_matrix_label}, $k kept save within a point of the best other way, and at √n 95 % of what all save`,
  ({ own, least, full }) => {
    expect(least).toBeGreaterThan(0.9 * full);
    expect(own).toBeGreaterThanOrEqual(least);
  },
);
