import sax from 'sax';

export interface XmlNode {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

/** A plan nests a few dozen levels, a generated one hundreds; beyond this a recursive reader would overflow. */
const deepest = 2_000;

interface Open extends XmlNode {
  readonly children: XmlNode[];
}

/** Elements and attributes of a well-formed document, no text. Undefined when it is not one, or nests too deeply. */
export function xmlTree(text: string): XmlNode | undefined {
  const parser = sax.parser(true, { trim: true, xmlns: false });
  const open: Open[] = [];
  let root: XmlNode | undefined;
  let is_broken = false;
  parser.onerror = () => {
    is_broken = true;
  };
  parser.onopentag = ({ name, attributes }) => {
    const node: Open = { name: localName(name), attributes: attributes as Record<string, string>, children: [] };
    open.at(-1)?.children.push(node);
    open.push(node);
    root ??= node;
    if (open.length > deepest) is_broken = true;
  };
  parser.onclosetag = () => {
    open.pop();
  };
  try {
    parser.write(text).close();
  } catch {
    return undefined; // the reader throws on what follows its first error
  }
  return is_broken ? undefined : root;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

export const childrenOf = (node: XmlNode, name: string): XmlNode[] =>
  node.children.filter((child) => child.name === name);

export const childOf = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  node?.children.find((child) => child.name === name);

/** All elements of this name below, in document order, not looking inside those named in `closed`. */
export function below(node: XmlNode, name: string, closed: ReadonlySet<string> = new Set()): XmlNode[] {
  const found: XmlNode[] = [];
  for (const child of node.children) {
    if (child.name === name) found.push(child);
    if (!closed.has(child.name)) found.push(...below(child, name, closed));
  }
  return found;
}
