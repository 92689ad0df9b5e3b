import type { Action, Utc, ViewRow } from '@plumbline/contracts';

/** The newest facts that show whether somebody did what was recommended. */
export interface PresentFacts {
  readonly events: readonly ViewRow<'judge_events'>[];
  readonly indexes: readonly ViewRow<'indexes_latest'>[];
  readonly tables: readonly ViewRow<'tables_latest'>[];
  /** Unit of each setting's value; an event tells the value only. */
  readonly setting_units: ReadonlyMap<string, string>;
  readonly reflections: readonly ViewRow<'reflections_latest'>[];
  /** When the reflections were last listed without fault: what is not in the list then is gone. */
  readonly reflections_listed_at: Utc | undefined;
  readonly table_files: readonly ViewRow<'table_files_latest'>[];
}

export type Of<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

export interface AppliedByHand {
  readonly occurred_at: Utc;
  readonly note: string;
}

export interface Named {
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
}

export const isOn = (one: Named, other: Named) =>
  one.database_name === other.database_name &&
  one.schema_name === other.schema_name &&
  one.table_name === other.table_name;
