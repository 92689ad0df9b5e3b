/**
 * Tests run on the compiled modules (npm run build first): what is tested is what ships, with native ESM, worker
 * threads and child processes as in production.
 */
const packages = [
  'contracts',
  'sql',
  'engines',
  'clickhouse',
  'collector',
  'analytics',
  'server',
  'provisioning',
  'bench',
];

/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  testEnvironment: 'node',
  transform: {},
  testMatch: packages.map((name) => `<rootDir>/${name}/dist/**/*.test.js`),
  modulePathIgnorePatterns: ['<rootDir>/plugin/', '<rootDir>/.*/dist/package.json'],
  testTimeout: 60_000,
  maxWorkers: 2,
};
