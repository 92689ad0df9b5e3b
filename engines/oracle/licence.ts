import { SourceError, type AspectOutcome } from '@plumbline/contracts';
import type { OracleOptions } from './options.js';
import type { ServerFacts } from './source.js';

/** Licensing information of 19c: everything of AWR and ASH needs the Diagnostics Pack but these. */
const free_history: ReadonlySet<string> = new Set([
  ...['DBA_HIST_SNAPSHOT', 'DBA_HIST_DATABASE_INSTANCE', 'DBA_HIST_SNAP_ERROR'],
  ...['DBA_HIST_SEG_STAT', 'DBA_HIST_SEG_STAT_OBJ', 'DBA_HIST_UNDOSTAT'],
]);
const licensed = /^(?:SYS\.)?((?:DBA|CDB)_HIST_\w+|AWR_(?:ROOT|PDB|CDB)_\w+|G?V_?\$ACTIVE_SESSION_HISTORY)$/i;

export function needsDiagnosticsPack(view: string): boolean {
  const name = licensed.exec(view)?.[1];
  return name !== undefined && !free_history.has(name.toUpperCase());
}

/** What stands between this instance and the licensed views; undefined when nothing does. */
export function packDenied(
  facts: Pick<ServerFacts, 'pack_access' | 'is_pluggable'>,
  options: Pick<OracleOptions, 'diagnostics_pack_licensed'>,
): AspectOutcome | undefined {
  if (!options.diagnostics_pack_licensed) {
    return {
      state: 'denied',
      message: 'AWR and ASH need a licence for the Diagnostics Pack, and this instance does not say that there is one',
      fix: 'If the database is licensed, set for this instance: options: { diagnostics_pack_licensed: true }',
    };
  }
  if (facts.pack_access.toUpperCase() !== 'NONE') return undefined;
  return {
    state: 'denied',
    message: 'the server itself forbids AWR and ASH: CONTROL_MANAGEMENT_PACK_ACCESS is NONE',
    fix: `${facts.is_pluggable ? 'In CDB$ROOT: ' : ''}ALTER SYSTEM SET CONTROL_MANAGEMENT_PACK_ACCESS = 'DIAGNOSTIC' SCOPE = BOTH`,
  };
}

/** The last gate, before any statement is sent: throws for a licensed view, whatever asked for it. */
export function forbidUnlicensed(views: readonly string[], denied: AspectOutcome | undefined): void {
  if (denied === undefined) return;
  const view = views.find(needsDiagnosticsPack);
  if (view !== undefined) throw new SourceError('denied', `${view} is not read: ${denied.message}`, denied.fix);
}

export type History = 'awr' | 'cursors' | 'statspack';

/** `auto` never reads what is not licensed; `awr` without a licence is denied by the gate. */
export function historyOf(options: OracleOptions, denied: AspectOutcome | undefined): History {
  if (options.history !== 'auto') return options.history;
  return denied === undefined ? 'awr' : 'cursors';
}
