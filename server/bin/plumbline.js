#!/usr/bin/env node
/* global process */
// CommonJS on purpose: libuv fixes the size of its thread pool at the first asynchronous file read, and Node loads an
// ES module with one. Every statement that the embedded engine runs holds one of these threads while it waits; with the
// default of 4, files would wait behind queries (measured on chdb 3.4.0: 1.5 s for a plain readFile).
process.env.UV_THREADPOOL_SIZE ??= '24';

// The embedded engine reads what stands on standard input as rows of its next insert: `echo x | plumbline start` would
// store it. Only a password is read from there.
if (!process.argv.includes('--password-stdin')) {
  const { closeSync, openSync } = process.getBuiltinModule('node:fs');
  try {
    closeSync(0);
  } catch (error) {
    if (error.code !== 'EBADF') throw error;
  }
  openSync(process.getBuiltinModule('node:os').devNull, 'r'); // takes the lowest free number, which is 0
}

import('../dist/cli/index.js').then(
  ({ main }) => main(process.argv),
  (error) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') {
      process.stderr.write(`plumbline: not built, or built in part: run "npm run build" first.\n${error.message}\n`);
    } else process.stderr.write(`plumbline: ${error.stack}\n`);
    process.exitCode = 70;
  },
);
