import { below, childOf, childrenOf, type XmlNode } from './xml-tree.js';

/** Inside an operator, its children's conditions are not its own. */
const closed = new Set(['RelOp']);

const scan_signs: Readonly<Record<string, string>> = { EQ: '=', GT: '>', GE: '>=', LT: '<', LE: '<=', NE: '<>' };

/** What an operator reads or joins by: seek ranges, join keys, sort and group keys. With literals. */
export function accessConditions(operation: XmlNode): string[] {
  return [
    ...below(operation, 'SeekPredicates', closed).flatMap(seekRanges),
    ...hashKeys(operation),
    ...pairs(operation, 'OuterSideJoinColumns', 'InnerSideJoinColumns'),
    ...listed(operation, 'OuterReferences'),
    ...listed(operation, 'OrderBy'),
    ...listed(operation, 'GroupBy'),
    ...listed(operation, 'PartitionColumns'),
  ];
}

const filters = ['Predicate', 'ProbeResidual', 'Residual', 'BuildResidual', 'PassThru', 'SetPredicate'] as const;

/** What an operator throws away after reading. With literals. */
export const filterConditions = (operation: XmlNode): string[] =>
  operation.children
    .filter(({ name }) => (filters as readonly string[]).includes(name))
    .flatMap((condition) => childrenOf(condition, 'ScalarOperator'))
    .map(scalarText)
    .filter((text) => text !== '');

export const scalarText = ({ attributes }: XmlNode): string =>
  (attributes.ScalarString ?? '').replaceAll('Scalar Operator(', '(');

function seekRanges(predicates: XmlNode): string[] {
  const ends = ['Prefix', 'StartRange', 'EndRange', 'IsNotNull'];
  return predicates.children
    .flatMap((one) => [one, ...below(one, 'SeekKeys', closed)])
    .flatMap((keys) => keys.children.filter(({ name }) => ends.includes(name)))
    .flatMap((range) => {
      const columns = below(range, 'ColumnReference', new Set(['RangeExpressions'])).map(columnText);
      const values = below(range, 'RangeExpressions', closed).flatMap((list) =>
        childrenOf(list, 'ScalarOperator').map(scalarText),
      );
      const sign = scan_signs[range.attributes.ScanType ?? ''] ?? '=';
      return columns.map((column, place) =>
        values[place] === undefined ? `${column} IS NOT NULL` : `${column} ${sign} ${values[place]}`,
      );
    });
}

/** A join probes with one side's keys what it built from the other's; an aggregate only builds. */
function hashKeys(operation: XmlNode): string[] {
  const joined = pairs(operation, 'HashKeysProbe', 'HashKeysBuild');
  return joined.length === 0 ? listed(operation, 'HashKeysBuild') : joined;
}

function pairs(operation: XmlNode, left: string, right: string): string[] {
  const columnsOf = (name: string): string[] => columnTexts(childOf(operation, name));
  const [lefts, rights] = [columnsOf(left), columnsOf(right)];
  return lefts.map((column, place) => (rights[place] === undefined ? column : `${column} = ${rights[place]}`));
}

const listed = (operation: XmlNode, name: string): string[] => columnTexts(childOf(operation, name));

const columnTexts = (list: XmlNode | undefined): string[] =>
  list === undefined ? [] : below(list, 'ColumnReference').map(columnText);

export function columnText({ attributes }: XmlNode): string {
  const table = attributes.Alias ?? attributes.Table;
  const column = bracketed(attributes.Column ?? '');
  return table === undefined ? column : `${bracketed(table)}.${column}`;
}

const bracketed = (name: string): string => (name.startsWith('[') || name.startsWith('@') ? name : `[${name}]`);
