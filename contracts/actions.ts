/**
 * What a recommendation asks for, as a structure. Only an engine's dialect renders it (Engine.render); a new kind
 * makes every dialect that does not render it fail to compile.
 */
export interface TableName {
  readonly database_name: string;
  readonly schema_name: string;
  readonly table_name: string;
}

/** A stored copy that the engine answers queries from. What its kind has no use for is empty. */
export interface ReflectionShape {
  readonly reflection_name: string;
  readonly kind: 'raw' | 'aggregation';
  readonly display_columns: readonly string[];
  readonly dimension_columns: readonly string[];
  readonly measures: readonly MeasuredColumn[];
  readonly partition_columns: readonly string[];
  readonly sort_columns: readonly string[];
}

export interface MeasuredColumn {
  readonly column: string;
  readonly functions: readonly ('count' | 'sum' | 'min' | 'max')[];
}

/** A table or view of a lakehouse: `['lake', 'sales', 'orders']`. */
interface DatasetPath {
  readonly database_name: string;
  readonly dataset_path: readonly string[];
}

export type Action =
  | (TableName & {
      readonly kind: 'create_index';
      readonly columns: readonly string[];
      readonly included_columns: readonly string[];
      readonly method: string;
      /** The name of a dropped index that is to come back; absent: the dialect makes one. */
      readonly index_name?: string | undefined;
    })
  | (TableName & { readonly kind: 'drop_index'; readonly index_name: string; readonly definition: string })
  | (TableName & { readonly kind: 'analyze_table' })
  | (DatasetPath & { readonly kind: 'create_reflection'; readonly reflection: ReflectionShape })
  | (DatasetPath & {
      readonly kind: 'drop_reflection';
      readonly reflection_id: string;
      /** What it was, for the way back. */
      readonly reflection: ReflectionShape;
    })
  /** Small files of a table are rewritten into few large ones. */
  | (TableName & { readonly kind: 'compact_table' })
  | {
      readonly kind: 'change_setting';
      readonly name: string;
      readonly value: string;
      readonly previous_value: string;
      readonly scope: 'session' | 'role' | 'instance';
      readonly change_needs: 'restart' | 'reload' | 'session';
    }
  | { readonly kind: 'rewrite_query'; readonly before: string; readonly after: string };

export type ActionKind = Action['kind'];

export interface RenderedAction {
  /** One statement per entry, ready to run; empty when the action is a change to the application's own text. */
  readonly ddl: readonly string[];
  readonly rollback_ddl: readonly string[];
  /** What to know before running it: locks taken, transaction limits, time of day. */
  readonly cautions: readonly string[];
}
