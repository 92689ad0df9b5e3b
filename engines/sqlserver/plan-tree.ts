import { planHash, type PlanHash, type PlanNode, type PlanNodeActual, type PlanWarning } from '@plumbline/contracts';
import { hashOfPlan } from '@plumbline/sql';
import { accessConditions, filterConditions } from './plan-conditions.js';
import { planOperator } from './plan-operators.js';
import { planConversions, spilledBytes, warningsOf, type Conversion } from './plan-warnings.js';
import { below, childOf, childrenOf, xmlTree, type XmlNode } from './xml-tree.js';

type Redact = (fragment: string) => string;

export interface Showplan {
  readonly tree: PlanNode;
  readonly total_cost: number;
  readonly plan_hash: PlanHash;
}

const closed = new Set(['RelOp']);

/**
 * One statement's plan from showplan XML, estimated or actual. Undefined when the text is no showplan or has no plan
 * (USE, SET). Of a batch the statement with `native_plan_hash` is taken, else its first.
 * @param redact takes literals out of a condition; values of parameters are never read
 */
export function showplan(xml: string, redact: Redact, native_plan_hash = ''): Showplan | undefined {
  const root = xmlTree(xml);
  if (root === undefined || root.name !== 'ShowPlanXML') return undefined;
  const statements = planned(root);
  const chosen = statements.find(({ hash }) => hash !== '' && hash === native_plan_hash) ?? statements[0];
  if (chosen === undefined) return undefined;
  const conversions = planConversions(chosen.plan, redact);
  const tree = withConversions(nodeOf(chosen.operator, redact, conversions), conversions);
  return {
    tree,
    total_cost: numberOf(chosen.statement, 'StatementSubTreeCost') ?? tree.total_cost ?? 0,
    plan_hash: chosen.hash === '' ? hashOfPlan(tree) : planHash(chosen.hash),
  };
}

interface Planned {
  readonly statement: XmlNode;
  readonly plan: XmlNode;
  readonly operator: XmlNode;
  /** 16 hex digits, '' when the engine gave none. */
  readonly hash: string;
}

/** Statements with a plan, outermost first: StmtSimple, or StmtCursor with its operations. */
function planned(root: XmlNode): Planned[] {
  const found: Planned[] = [];
  const visit = (node: XmlNode, statement: XmlNode): void => {
    const plan = childOf(node, 'QueryPlan');
    const operator = childOf(plan, 'RelOp');
    if (plan !== undefined && operator !== undefined) {
      const hash = (statement.attributes.QueryPlanHash ?? '').toLowerCase();
      found.push({ statement, plan, operator, hash: /^0x(?!0{16}$)[0-9a-f]{16}$/.test(hash) ? hash.slice(2) : '' });
    }
    for (const child of node.children) {
      if (child.name !== 'RelOp') visit(child, child.name.startsWith('Stmt') ? child : statement);
    }
  };
  visit(root, root);
  return found;
}

function nodeOf(operator: XmlNode, redact: Redact, conversions: readonly Conversion[]): PlanNode {
  const { attributes } = operator;
  const operation = operator.children.find(({ name }) => !described.has(name));
  const object = operation === undefined ? undefined : below(operation, 'Object', closed)[0];
  const is_lookup = isTrue(operation?.attributes.Lookup);
  const conditions = (texts: readonly string[]): string => texts.map(redact).join(' AND ');
  const [access, filter] =
    operation === undefined ? [[], []] : [accessConditions(operation), filterConditions(operation)];
  const actual = actualOf(operator);
  const partitions = partitionsOf(operator);
  const warnings = [...warningsOf(operator, redact), ...ownConversions([...access, ...filter], conversions)];
  return {
    operator: planOperator(attributes.PhysicalOp ?? '', attributes.LogicalOp ?? '', is_lookup),
    native_operator: nativeName(attributes, is_lookup),
    schema: bare(object?.attributes.Schema),
    table: bare(object?.attributes.Table),
    index: bare(object?.attributes.Index),
    access_condition: conditions(access),
    filter_condition: conditions(filter),
    estimated_rows: numberOf(operator, 'EstimateRows'),
    estimated_width_bytes: numberOf(operator, 'AvgRowSize'),
    startup_cost: null,
    total_cost: numberOf(operator, 'EstimatedTotalSubtreeCost'),
    ...(actual === undefined ? {} : { actual }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(warnings.length === 0 ? {} : { warnings }),
    children: operation === undefined ? [] : childOperators(operation).map((one) => nodeOf(one, redact, conversions)),
  };
}

/** Elements of a RelOp that describe it; the one that remains is the operation, with the children inside. */
const described = new Set([
  'OutputList',
  'Warnings',
  'MemoryFractions',
  'RunTimeInformation',
  'RunTimePartitionSummary',
  'InternalInfo',
]);

const childOperators = (operation: XmlNode): XmlNode[] => below(operation, 'RelOp', closed);

function nativeName({ PhysicalOp = '', LogicalOp = '' }: XmlNode['attributes'], is_lookup: boolean): string {
  if (is_lookup) return PhysicalOp === 'RID Lookup' ? PhysicalOp : 'Key Lookup';
  return LogicalOp === '' || LogicalOp === PhysicalOp ? PhysicalOp : `${PhysicalOp} (${LogicalOp})`;
}

/** A conversion is told at the operator whose condition holds it. */
const ownConversions = (conditions: readonly string[], conversions: readonly Conversion[]): PlanWarning[] =>
  conversions
    .filter(({ expression }) => expression !== '' && conditions.some((text) => text.includes(expression)))
    .map(({ warning }) => warning);

/** Those that no operator's condition shows are told at the root. */
function withConversions(tree: PlanNode, conversions: readonly Conversion[]): PlanNode {
  const told = new Set<PlanWarning>();
  const visit = (node: PlanNode): void => {
    node.warnings?.forEach((warning) => told.add(warning));
    node.children.forEach(visit);
  };
  visit(tree);
  const untold = conversions.map(({ warning }) => warning).filter((warning) => !told.has(warning));
  return untold.length === 0 ? tree : { ...tree, warnings: [...(tree.warnings ?? []), ...untold] };
}

/** Only in actual plans, one element per thread; elapsed time holds the children's, so the longest thread tells it. */
function actualOf(operator: XmlNode): PlanNodeActual | undefined {
  const information = childOf(operator, 'RunTimeInformation');
  if (information === undefined) return undefined;
  const threads = childrenOf(information, 'RunTimeCountersPerThread');
  const values = (name: string): number[] =>
    threads.flatMap((thread) => {
      const value = numberOf(thread, name);
      return value === null ? [] : [value];
    });
  const sum = (name: string): number | null => {
    const all = values(name);
    return all.length === 0 ? null : all.reduce((total, value) => total + value, 0);
  };
  const elapsed = values('ActualElapsedms');
  const memory_kb = sum('UsedMemoryGrant');
  return {
    rows: sum('ActualRows'),
    executions: sum('ActualExecutions'),
    time_us: elapsed.length === 0 ? null : Math.max(...elapsed) * 1_000,
    spilled_bytes: spilledBytes(operator),
    peak_memory_bytes: memory_kb === null ? null : memory_kb * 1_024,
  };
}

function partitionsOf(operator: XmlNode): PlanNode['partitions'] {
  const accessed = childOf(childOf(operator, 'RunTimePartitionSummary'), 'PartitionsAccessed');
  const read = accessed === undefined ? null : numberOf(accessed, 'PartitionCount');
  return read === null ? undefined : { read, total: null };
}

function numberOf({ attributes }: XmlNode, name: string): number | null {
  const text = attributes[name];
  const value = Number(text);
  return text === undefined || text.trim() === '' || !Number.isFinite(value) ? null : value;
}

const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true';

/** `[dbo]` → `dbo`. */
const bare = (name: string | undefined): string =>
  name === undefined ? '' : name.replace(/^\[([\s\S]*)\]$/, '$1').replaceAll(']]', ']');
