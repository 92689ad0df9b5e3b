import type { Problem } from '@plumbline/contracts';
import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';

/** A YAML file as plain values, with the line of every field, and what is wrong with its form. */
export interface ConfigDocument {
  readonly where: string;
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of a field; of the nearest block around it when the field itself is missing. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

export function readDocument(text: string, where: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problems = document.errors.map((error) => ({
    where,
    field: '(form)',
    line: lines.linePos(error.pos[0]).line,
    // Only the first line: the parser's later lines quote the file, and the file may hold a secret by mistake.
    message: `is not well-formed YAML: ${(error.message.split('\n')[0] ?? '').replace(/[.:]$/, '')}`,
    mend: 'Mind the indentation: two spaces per level, no tabs.',
  }));
  const value = problems.length === 0 ? valueOf(document) : undefined;
  if (value === too_many_aliases) {
    const mend = 'Write repeated values out.';
    problems.push({ where, field: '(form)', line: 1, message: 'repeats itself through too many aliases', mend });
  }
  return {
    where,
    value,
    problems,
    lineOf: (path) => lineOf(document, lines, path),
  };
}

const too_many_aliases = Symbol('too many aliases');

function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    if (error instanceof ReferenceError) return too_many_aliases;
    throw error;
  }
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const block = document.getIn(path.slice(0, length - 1), true);
    const step = path[length - 1];
    // A key's own line, not its value's: the value may be a block that begins lines below.
    const key = isMap(block) ? block.items.find((pair) => keyText(pair.key) === String(step))?.key : undefined;
    const node = isNode(key) ? key : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key);
