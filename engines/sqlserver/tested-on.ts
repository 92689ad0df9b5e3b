import type { TestedOn } from '../tested-on.js';

export const tested_on: TestedOn = {
  kind: 'stand-in',
  sources:
    'Tables with the documented columns of 2016 to 2025 in a real PostgreSQL, behind a driver double; the real driver against the server’s side of the wire protocol, and showplan XML, both written for the tests',
  unproven: 'Everything: no statement of this engine has met a SQL Server.',
};
