const { defineConfig } = require('@playwright/test');

const chromium_flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Both variants in one run; tests/run.mjs starts the hosts and tells their addresses. */
module.exports = defineConfig({
  testDir: './tests',
  testMatch: '*.spec.ts',
  outputDir: './test-results/playwright',
  fullyParallel: false,
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  reporter: [
    ['list'],
    ...(process.env.PLUMBLINE_E2E_JSON ? [['json', { outputFile: process.env.PLUMBLINE_E2E_JSON }]] : []),
  ],
  use: {
    viewport: { width: 1500, height: 1000 },
    launchOptions: { executablePath: process.env.PLUMBLINE_CHROMIUM ?? '/usr/bin/chromium', args: chromium_flags },
    permissions: ['clipboard-read', 'clipboard-write'],
  },
  projects: ['13.2', '12.4'].map((name) => ({
    name,
    use: { baseURL: process.env[`PLUMBLINE_HOST_${name.replace('.', '_')}`] },
  })),
});
