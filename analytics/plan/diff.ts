import type { PlanChange, PlanDiffNode, PlanNode } from '@plumbline/contracts';

type Facts = Omit<PlanNode, 'children'>;

/**
 * Lays two plan trees over each other with as little change as possible. Each node of the answer is a node of the plan
 * before, of the plan after, or of both; a node put in above (a sort, a limit) is one added node and not a new plan.
 */
export function diffPlans(before: PlanNode, after: PlanNode): PlanDiffNode {
  return new Alignment().tree(before, after).node;
}

interface Aligned {
  /** How much changed: what the alignment keeps small. */
  readonly cost: number;
  readonly node: PlanDiffNode;
}
interface AlignedList {
  readonly cost: number;
  readonly nodes: readonly PlanDiffNode[];
}

/** A node that stays in its place but does its work otherwise, against one that goes and one that comes (2). */
const changed_cost = 0.9;
/** Two operators that have nothing to do with each other; only the roots may be paired so, because there is one root. */
const unlike_cost = 2.5;

class Alignment {
  private readonly wholes = new Wholes();
  private readonly known = new Map<PlanNode, Map<PlanNode, Aligned>>();

  /** The cheapest of: the two roots are one node; the old root went; the new root was put in above. */
  tree(before: PlanNode, after: PlanNode): Aligned {
    const remembered = this.known.get(before)?.get(after);
    if (remembered) return remembered;
    const answers = [this.paired(before, after), ...this.rootWent(before, after), ...this.rootCame(before, after)];
    const best = answers.reduce((least, one) => (one.cost < least.cost ? one : least));
    const row = this.known.get(before) ?? new Map<PlanNode, Aligned>();
    this.known.set(before, row.set(after, best));
    return best;
  }

  private paired(before: PlanNode, after: PlanNode): Aligned {
    const { change, cost } = compare(before, after);
    const below = this.children(before.children, after.children);
    return {
      cost: cost + below.cost,
      node: { change, before: factsOf(before), after: factsOf(after), children: below.nodes },
    };
  }

  private rootWent(before: PlanNode, after: PlanNode): readonly Aligned[] {
    return before.children.map((heir) => {
      const below = before.children.map((child) =>
        child === heir ? this.tree(child, after) : this.wholes.of(child, 'removed'),
      );
      return above(before, 'removed', below);
    });
  }

  private rootCame(before: PlanNode, after: PlanNode): readonly Aligned[] {
    return after.children.map((heir) => {
      const below = after.children.map((child) =>
        child === heir ? this.tree(before, child) : this.wholes.of(child, 'added'),
      );
      return above(after, 'added', below);
    });
  }

  /** In order; the two sides of a join also crosswise, since planners swap them. */
  private children(before: readonly PlanNode[], after: readonly PlanNode[]): AlignedList {
    const straight = this.inOrder(before, after);
    if (before.length !== 2 || after.length !== 2) return straight;
    const crossed = this.inOrder([...before].reverse(), after);
    return crossed.cost < straight.cost ? crossed : straight;
  }

  private inOrder(before: readonly PlanNode[], after: readonly PlanNode[]): AlignedList {
    let row: AlignedList[] = [{ cost: 0, nodes: [] }];
    for (const added of after) row.push(joined(row.at(-1), this.wholes.of(added, 'added')));
    for (const old of before) {
      const next: AlignedList[] = [joined(row[0], this.wholes.of(old, 'removed'))];
      after.forEach((added, place) => {
        const options = [
          joined(row[place], this.tree(old, added)),
          joined(next[place], this.wholes.of(added, 'added')),
          joined(row[place + 1], this.wholes.of(old, 'removed')),
        ];
        next.push(options.reduce((least, one) => (one.cost < least.cost ? one : least)));
      });
      row = next;
    }
    return row.at(-1) ?? { cost: 0, nodes: [] };
  }
}

function joined(list: AlignedList | undefined, one: Aligned): AlignedList {
  return { cost: (list?.cost ?? 0) + one.cost, nodes: [...(list?.nodes ?? []), one.node] };
}

function above(root: PlanNode, change: 'added' | 'removed', below: readonly Aligned[]): Aligned {
  const children = below.map((one) => one.node);
  return { cost: below.reduce((sum, one) => sum + one.cost, 1), node: single(root, change, children) };
}

/** Subtrees that went or came as one, made once each: every alignment around them asks for them again. */
class Wholes {
  private readonly made = { added: new Map<PlanNode, Aligned>(), removed: new Map<PlanNode, Aligned>() };

  of(root: PlanNode, change: 'added' | 'removed'): Aligned {
    const remembered = this.made[change].get(root);
    if (remembered) return remembered;
    const one = above(
      root,
      change,
      root.children.map((child) => this.of(child, change)),
    );
    this.made[change].set(root, one);
    return one;
  }
}

const single = (of: PlanNode, change: 'added' | 'removed', children: readonly PlanDiffNode[]): PlanDiffNode => ({
  change,
  before: change === 'removed' ? factsOf(of) : null,
  after: change === 'added' ? factsOf(of) : null,
  children,
});

function factsOf(node: PlanNode): Facts {
  const { children: _children, ...facts } = node;
  return facts;
}

/** Costs and row counts move with every analysis; the shape is what the plan does and on what. */
function compare(before: PlanNode, after: PlanNode): { change: PlanChange; cost: number } {
  const is_same =
    before.native_operator === after.native_operator &&
    before.operator === after.operator &&
    sameTable(before, after) &&
    before.index === after.index &&
    before.access_condition === after.access_condition &&
    before.filter_condition === after.filter_condition;
  if (is_same) return { change: 'same', cost: 0 };
  const is_alike =
    before.table === '' && after.table === '' ? familyOf(before) === familyOf(after) : sameTable(before, after);
  return { change: 'changed', cost: is_alike ? changed_cost : unlike_cost };
}

const sameTable = (before: PlanNode, after: PlanNode) => before.table === after.table && before.schema === after.schema;

const joins: readonly string[] = ['nested_loop', 'hash_join', 'merge_join'];
const familyOf = (node: PlanNode): string => (joins.includes(node.operator) ? 'join' : node.operator);
