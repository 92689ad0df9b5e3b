import { utc, type AspectOutcome, type InstanceEventRow } from '@plumbline/contracts';
import type { Query } from '../source.js';
import { plansInUse, type PlansInUse } from './plan-changes.js';
import { degraded } from '../../shared/outcome.js';
import type { ReadingWindow } from '../../shared/reading.js';
import type { Reading } from './reading.js';
import { learnTexts, lostTemplate, lost_text, own_statement, type KnownText, type Learned } from './texts.js';

/** What a SQL_ID means, and per instance the plan it last ran with. */
type KnownStatement = readonly [KnownText, PlansInUse];
export type RememberedStatements = Readonly<Record<string, KnownStatement>>;

/** SQL_IDs remembered, the last used last; a text that is forgotten is only read again. */
const longest_memory = 20_000;

/** What one statement did with one plan on one instance, inside one window. */
export interface PlanRun {
  readonly sql_id: string;
  readonly plan_hash_value: bigint | null;
  readonly elapsed_us: bigint | null;
  readonly instance_number: number;
  readonly database_name: string;
}

/** What is known of statements between readings: their texts' hashes, and which plans they use. */
export class KnownStatements {
  readonly #known: Map<string, KnownStatement>;

  constructor(
    remembered: RememberedStatements | undefined,
    readonly reading: Reading,
  ) {
    this.#known = new Map(Object.entries(remembered ?? {}));
  }

  /** Reads the texts of statements that are not known yet, and of those that were lost: they may have come. */
  async learn(query: Query, ids: readonly string[]): Promise<Learned> {
    const unknown = [...new Set(ids)].filter((id) => (this.#known.get(id)?.[0] ?? lost_text) === lost_text);
    const hashes = new Set([...this.#known.values()].map(([hash]) => hash));
    const learned = await learnTexts(query, this.reading, unknown, hashes);
    for (const [sql_id, meaning] of learned.texts) this.#known.set(sql_id, [meaning, this.#plansOf(sql_id)]);
    return learned;
  }

  isOwn(sql_id: string): boolean {
    return this.#known.get(sql_id)?.[0] === own_statement;
  }

  hashOf(sql_id: string): string {
    const meaning = this.#known.get(sql_id)?.[0] ?? lost_text;
    return meaning === lost_text ? lostTemplate(sql_id, this.reading).query_hash : meaning;
  }

  /** An event for each statement that went over to another plan; the plans in use are remembered. */
  planEvents(runs: readonly PlanRun[], span: ReadingWindow): Omit<InstanceEventRow, 'batch_id'>[] {
    const databases = new Map(runs.map((run) => [run.sql_id, run.database_name]));
    return [...new Set(runs.map(({ instance_number }) => instance_number))].flatMap((instance_number) => {
      const of_one = runs.filter((run) => run.instance_number === instance_number);
      const in_use = plansInUse(of_one, instance_number, (sql_id) => this.#plansOf(sql_id));
      return in_use.flatMap(({ sql_id, plan_hash, before }) => {
        this.#use(sql_id, { ...this.#plansOf(sql_id), [instance_number]: plan_hash });
        if (before === undefined) return [];
        const plans = { subject: plan_hash, before, after: plan_hash };
        return [
          {
            ...{ instance_id: this.reading.instance_id, kind: 'plan_changed' as const, object_name: sql_id, ...plans },
            ...{ occurred_at: utc(span.end), noticed_after: utc(span.start), query_hash: this.hashOf(sql_id) },
            database_name: databases.get(sql_id) ?? '',
          },
        ];
      });
    });
  }

  remembered(): RememberedStatements {
    return Object.fromEntries([...this.#known].slice(-longest_memory));
  }

  #plansOf(sql_id: string): PlansInUse {
    return this.#known.get(sql_id)?.[1] ?? {};
  }

  /** Set again at the end: what was used last is forgotten last. */
  #use(sql_id: string, plans: PlansInUse): void {
    const meaning = this.#known.get(sql_id)?.[0] ?? lost_text;
    this.#known.delete(sql_id);
    this.#known.set(sql_id, [meaning, plans]);
  }
}

export const lostOutcome = ({ lost }: Pick<Learned, 'lost'>): AspectOutcome | undefined =>
  lost === 0
    ? undefined
    : degraded(
        `no view has the text of ${lost} statements; what they did is told under their SQL_ID`,
        'Nothing to do: a text that comes later is used from then on',
      );
