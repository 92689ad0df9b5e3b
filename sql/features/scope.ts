import type { ColumnUse, TableUse } from '@plumbline/contracts';
import type { Expression, Query, Relation, Table } from './query-tree.js';

/** A column traced to its table. `scope` tells whether two columns were read at the same level. */
export interface Traced extends ColumnUse {
  readonly scope: Scope;
}

interface Member {
  readonly names: readonly string[];
  readonly table: string;
  readonly derived: { readonly query: Query; readonly scope: Scope } | null;
}

/** The relations that one query can name, and those around it. */
export class Scope {
  readonly members: Member[] = [];
  private readonly queries = new Map<string, { readonly query: Query; readonly scope: Scope }>();

  constructor(readonly parent: Scope | null) {}

  addNamedQuery(name: string, query: Query): void {
    this.queries.set(name, { query, scope: this });
  }

  namedQuery(name: string): { readonly query: Query; readonly scope: Scope } | undefined {
    return this.queries.get(name) ?? this.parent?.namedQuery(name);
  }

  addTable(table: Table): void {
    const derived = table.schema === '' ? (this.namedQuery(table.table) ?? null) : null;
    const names = table.alias === '' ? [table.table, `${table.schema}.${table.table}`] : [table.alias];
    this.members.push({ names, table: derived ? '' : table.table, derived });
  }

  addDerived(alias: string, query: Query): void {
    this.members.push({ names: [alias], table: '', derived: { query, scope: this } });
  }

  addRows(alias: string): void {
    this.members.push({ names: [alias], table: '', derived: null });
  }

  hasName(name: string): boolean {
    return this.members.some((member) => member.names.includes(name));
  }

  /** The table behind a column; table '' when it cannot be told without the catalog; null when no table is behind it. */
  trace(qualifier: string, column: string, depth = 0): Traced | null {
    if (depth > 8) return null;
    const member = qualifier === '' ? this.onlyMember() : this.members.find((one) => one.names.includes(qualifier));
    if (member) return this.throughMember(member, column, depth);
    if (qualifier !== '') {
      if (this.parent) return this.parent.trace(qualifier, column, depth);
      // A name that no relation bears: a schema-qualified column or a target's own name.
      return { table: qualifier, column, scope: this };
    }
    if (this.members.length === 0 && this.parent) return this.parent.trace('', column, depth);
    return { table: '', column, scope: this };
  }

  private onlyMember(): Member | undefined {
    return this.members.length === 1 ? this.members[0] : undefined;
  }

  private throughMember(member: Member, column: string, depth: number): Traced | null {
    if (!member.derived) return member.table === '' ? null : { table: member.table, column, scope: this };
    const { query, scope } = member.derived;
    const inner = outputColumn(query, column);
    if (!inner) return null;
    const innerScope = new Scope(scope);
    for (const one of query.with) innerScope.addNamedQuery(one.name, one.query);
    for (const relation of query.from) addRelation(innerScope, relation);
    const traced = innerScope.trace(inner.qualifier, inner.column, depth + 1);
    return traced && { ...traced, scope: this };
  }
}

/** The plain column that a query gives out under `name`. */
function outputColumn(query: Query, name: string): Extract<Expression, { kind: 'column' }> | null {
  for (const { expression, alias } of query.select) {
    if (expression.kind === 'star' && query.select.length === 1) return { kind: 'column', qualifier: '', column: name };
    if (expression.kind !== 'column') continue;
    if (alias === name || (alias === '' && expression.column === name)) return expression;
  }
  return null;
}

export function addRelation(scope: Scope, relation: Relation): void {
  switch (relation.kind) {
    case 'table':
      return scope.addTable(relation);
    case 'derived':
      return scope.addDerived(relation.alias, relation.query);
    case 'rows':
      return scope.addRows(relation.alias);
    case 'join':
      if (relation.left) addRelation(scope, relation.left);
      addRelation(scope, relation.right);
  }
}

export const tableUse = (table: Table, access: TableUse['access']): TableUse => ({
  schema: table.schema,
  table: table.table,
  alias: table.alias,
  access,
});
