import type { Action, RenderedAction } from '@plumbline/contracts';

export type OfKind<Kind extends Action['kind']> = Extract<Action, { readonly kind: Kind }>;

/** One for each kind: a new kind in contracts/actions.ts makes every engine fail to compile. */
export type Renderers = { readonly [Kind in Action['kind']]: (action: OfKind<Kind>) => RenderedAction };

/** Renders an action by the renderer of its kind. */
export function renderWith(renderers: Renderers, action: Action): RenderedAction {
  const renderer = renderers[action.kind] as (action: Action) => RenderedAction;
  return renderer(action);
}

/** For what only the application's own people can do: there is nothing to run. */
export const byHand = (...cautions: readonly string[]): RenderedAction => ({ ddl: [], rollback_ddl: [], cautions });

/** The refusal of an engine that keeps no reflections and no files of its own to compact: nothing is made up. */
export function lakehouseOnly(
  engine: string,
): Pick<Renderers, 'create_reflection' | 'drop_reflection' | 'compact_table'> {
  const noReflections = () => byHand(`${engine} has no reflections: there is nothing to run`);
  return {
    create_reflection: noReflections,
    drop_reflection: noReflections,
    compact_table: () => byHand(`${engine} keeps no table as a set of files that could be compacted: nothing to run`),
  };
}
