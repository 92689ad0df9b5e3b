import type { AspectName, Engine, InstanceConfig } from '@plumbline/contracts';

/** What the engine proposes for an aspect and the configuration overrides. */
export interface AspectPlan {
  readonly name: AspectName;
  readonly is_enabled: boolean;
  readonly interval_s: number;
  readonly budget_ms: number;
  readonly budget_rows: number;
}

export const planAspects = (engine: Engine, config: InstanceConfig): readonly AspectPlan[] =>
  engine.aspects.map((spec) => {
    const own = config.aspects[spec.name] ?? {};
    const interval_s = spec.name === 'statements' ? config.interval_s : spec.interval_s;
    return {
      name: spec.name,
      is_enabled: config.enabled && own.enabled !== false,
      interval_s: own.interval_s ?? interval_s,
      budget_ms: own.budget_ms ?? spec.budget_ms,
      budget_rows: own.budget_rows ?? spec.budget_rows,
    };
  });
