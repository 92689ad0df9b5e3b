import type { Action, RenderedAction } from './actions.js';
import type { AspectName, AspectOutcome, AspectSpec } from './aspects.js';
import type { Ability, Dialect } from './dialects.js';
import type { Features } from './features.js';
import type { InstanceId, QueryHash } from './ids.js';
import type { PlanNode } from './plan.js';
import type { CollectedRows } from './collected-tables.js';
import type { Clock } from './time.js';

/** Where and as whom to connect. `password` is resolved just before connecting and lives nowhere else. */
export interface ConnectionTarget {
  readonly instance_id: InstanceId;
  readonly host: string;
  readonly port: number;
  readonly database_name: string;
  readonly user_name: string;
  readonly password: string;
  readonly tls: 'off' | 'require' | 'verify';
  readonly tls_ca_file?: string | undefined;
  /** What only this kind of engine understands, as the instance's configuration has it. */
  readonly options?: Readonly<Record<string, string | number | boolean>> | undefined;
}

export interface Template {
  readonly query_hash: QueryHash;
  readonly template: string;
  readonly hints: string;
  readonly statement_class: Features['statement_class'];
  readonly is_truncated: boolean;
  readonly normalizer_version: number;
}

/** What the collector lends an engine: the words of sql/, so that literals end inside the engine folder. */
export interface CollectTools {
  readonly clock: Clock;
  template(sql: string, is_truncated_at?: number): Template;
  features(template: Template): Promise<Features>;
  /** Literals out of a condition or other fragment that is not a whole statement. */
  redact(fragment: string): string;
  readonly abort: AbortSignal;
  /** For an engine whose readings wait for each other: a reading's time limit stands still while it waits its turn. */
  readonly limit?: TimeLimit | undefined;
}

export interface TimeLimit {
  pause(): void;
  resume(): void;
}

/** What one reading gave. `state` is JSON, written ahead together with the rows, and handed back at the next reading. */
export interface Collected {
  readonly rows: CollectedRows;
  readonly state: unknown;
  readonly outcome: AspectOutcome;
  readonly rows_read: number;
  /** The window the rows cover, for the batch id. */
  readonly window_start: Date;
  readonly window_end: Date;
  /** How long the source itself was busy with it; absent: as long as the reading took. */
  readonly elapsed_ms?: number | undefined;
}

/** What `doctor` prints: one line per thing that must be so. */
export interface Checkup {
  readonly aspect: AspectName | 'connection';
  readonly outcome: AspectOutcome;
}

export interface WhatIfPlan {
  readonly tree: PlanNode;
  readonly total_cost: number;
  /** The hypothetical indexes that this plan uses, by their place in the list asked with. */
  readonly used: readonly number[];
}

/** `proven`: false where the engine has no way to plan with an index that is not there. */
export interface WhatIf {
  readonly can_prove: boolean;
  /** Why it cannot and what would mend that; '' when it can. */
  readonly reason: string;
  readonly fix: string;
  /** Plans `template` with these indexes imagined. Nothing is created, executed or left behind. */
  plan(
    database_name: string,
    template: string,
    indexes: readonly Extract<Action, { kind: 'create_index' }>[],
  ): Promise<WhatIfPlan>;
  /** Bytes the index would take, by the engine's own estimate. */
  indexSizeBytes(database_name: string, index: Extract<Action, { kind: 'create_index' }>): Promise<number>;
}

export interface EngineConnection {
  readonly server_version: string;
  /** When the server started, by its own clock; absent where the engine cannot tell. It may move while connected. */
  readonly started_at?: Date | undefined;
  /** What a primary and its replicas have in common, by the server's own word; absent where it has none. */
  readonly cluster_name?: string | undefined;
  /** Whether it follows another server just now; absent where it cannot tell. */
  readonly is_replica?: boolean | undefined;
  collect(aspect: AspectName, previous_state: unknown, tools: CollectTools): Promise<Collected>;
  checkup(): Promise<readonly Checkup[]>;
  readonly what_if: WhatIf;
  close(): Promise<void>;
}

/** One entry of an instance's `options` as a form asks for it; what is left empty is not sent. */
export interface EngineOptionField {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly kind: 'switch' | 'text' | 'number';
}

/** Everything we know about one kind of database. A folder under engines/ exports one as `engine`. */
export interface Engine {
  readonly id: string;
  readonly label: string;
  readonly dialect: Dialect;
  readonly abilities: readonly Ability[];
  readonly default_port: number;
  /** What `database_name` names here and what to write, for the form that adds an instance; absent: a database. */
  readonly database_field?: { readonly label: string; readonly description: string };
  /** Of an instance's `options`, those an operator should be asked for when an instance is added. */
  readonly option_fields?: readonly EngineOptionField[];
  readonly url_schemes: readonly string[];
  readonly aspects: readonly AspectSpec[];
  /** Throws `SourceError` (errors.ts) when it cannot. The driver is loaded here, not at import. */
  connect(target: ConnectionTarget): Promise<EngineConnection>;
  render(action: Action): RenderedAction;
}
