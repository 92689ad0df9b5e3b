process.env.TZ = 'UTC';
const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils');
const scaffold = require('./.config/jest.config');

const [swc] = Object.values(scaffold.transform);

/** The scaffold's configuration and what newer packages of Grafana need beyond it: .mjs files and more ESM-only modules. */
module.exports = {
  ...scaffold,
  setupFiles: ['<rootDir>/jest-polyfills.cjs'],
  setupFilesAfterEnv: ['<rootDir>/jest-setup.cjs'],
  testMatch: ['<rootDir>/src/**/*.test.{ts,tsx}', '<rootDir>/tests/**/*.test.{ts,tsx}'],
  modulePathIgnorePatterns: ['<rootDir>/host/grafana-12/', '<rootDir>/host/dist/', '<rootDir>/dist/'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'jsx', 'mjs', 'cjs', 'json'],
  moduleNameMapper: {
    ...scaffold.moduleNameMapper,
    // Drawing needs a canvas, which jsdom has not; the browser tests draw.
    '^uplot$': '<rootDir>/jest-uplot.cjs',
  },
  transform: {
    '^.+\\.m?[jt]sx?$': [swc[0], { ...swc[1], jsc: { ...swc[1].jsc, transform: { react: { runtime: 'automatic' } } } }],
  },
  transformIgnorePatterns: [
    nodeModulesToTransform([
      ...grafanaESModules,
      '@grafana',
      '@plumbline',
      '@react-hookz/web',
      '@ver0/deep-equal',
      'contracts/dist',
      'immutable',
      'lru-cache',
    ]),
  ],
  testTimeout: 15_000,
};
