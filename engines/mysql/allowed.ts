import { denied_codes, errorCode } from './source-error.js';

/** Undefined when a grant is missing; any other failure is thrown. */
export async function allowed<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (denied_codes.has(errorCode(error))) return undefined;
    throw error;
  }
}
