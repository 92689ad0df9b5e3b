import { SourceError, type ConnectionTarget } from '@plumbline/contracts';

export const histories = ['auto', 'awr', 'cursors', 'statspack'] as const;
export type HistoryOption = (typeof histories)[number];

/** How the engine asks. What an operator sets stands in the instance's `options`; the rest is for tests. */
export interface OracleOptions {
  /** The operator's word that this database is licensed for the Diagnostics Pack: without it no licensed view is read. */
  readonly diagnostics_pack_licensed: boolean;
  /** Where statements come from. auto: AWR when licensed, else the cursor cache. */
  readonly history: HistoryOption;
  /** Of a pluggable database: the snapshots that the root takes, or its own. */
  readonly awr_scope: 'root' | 'pdb';
  /** Read in one reading, so that the way back from a long pause does not load the source. */
  readonly snapshots_per_reading: number;
  /** Statements of the cursor cache that are kept in the state. */
  readonly most_cursors: number;
  readonly plans_per_reading: number;
}

export const default_options: OracleOptions = {
  diagnostics_pack_licensed: false,
  history: 'auto',
  awr_scope: 'root',
  snapshots_per_reading: 24,
  most_cursors: 20_000,
  plans_per_reading: 20,
};

/** Throws SourceError for an option that is none: a licence must not hang on a typing error. */
export function optionsOf(target: ConnectionTarget): OracleOptions {
  const { diagnostics_pack_licensed, history, awr_scope, ...others } = target.options ?? {};
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw noOption(stranger, 'diagnostics_pack_licensed, history or awr_scope');
  return {
    ...default_options,
    diagnostics_pack_licensed: oneOf('diagnostics_pack_licensed', [true, false], diagnostics_pack_licensed, false),
    history: oneOf('history', histories, history, default_options.history),
    awr_scope: oneOf('awr_scope', ['root', 'pdb'], awr_scope, default_options.awr_scope),
  };
}

function oneOf<T>(name: string, allowed: readonly T[], value: unknown, fallback: T): T {
  if (value === undefined) return fallback;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw noOption(name, `${name}: ${allowed.join(', ')}`);
  return found;
}

const noOption = (name: string, allowed: string): SourceError =>
  new SourceError('unsupported', `options.${name} of this instance is not understood`, `Use ${allowed}`);
