/** How the collector speaks. The server passes its logger; tests pass a list. Fields never hold a secret or a literal. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export const silent_log: Log = () => undefined;
