/** What each exit code means; printed by `plumbline --help`. */
export const exit_codes = {
  ok: 0,
  something_is_wrong: 1,
  wrong_command: 2,
  wrong_configuration: 3,
  no_answer: 4,
  fault: 70,
} as const;

export const exit_code_help = `
Exit codes:
  0   done, and nothing is wrong
  1   done, and something is wrong at a source (doctor, collect, status) or with the request
  2   the command line is wrong
  3   the configuration, a credential or a key is wrong; every mistake is listed
  4   the server or the store does not answer
  70  a fault of plumbline itself`;
