import type { Problem } from '@plumbline/contracts';
import type { z } from 'zod';
import { describedAt, jsonSchemaOf, knownKeys } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import { nearest } from './nearest.js';

type Issue = z.core.$ZodIssue;
type LineOf = (path: readonly PropertyKey[]) => number | undefined;

/** Where a mistake was made, and how to find its line. What was written is never repeated: it may be a secret. */
export interface Written {
  readonly where: string;
  readonly lineOf?: LineOf;
}

/** Every mistake zod found, one Problem per key, each with how to mend it. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, written: Written): Problem[] {
  const described = jsonSchemaOf(schema);
  return error.issues.flatMap((issue) => problemsOfIssue(issue, described, written));
}

function problemsOfIssue(issue: Issue, schema: JsonSchema, { where, lineOf }: Written): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const keys = knownKeys(describedAt(schema, issue.path));
    return issue.keys.map((key) => ({
      where,
      field: fieldText([...issue.path, key]),
      line: lineOf?.([...issue.path, key]),
      message: 'is not a known key',
      mend: mendUnknownKey(key, keys),
    }));
  }
  const here = describedAt(schema, issue.path);
  return [
    {
      where,
      field: fieldText(issue.path),
      line: lineOf?.(issue.path),
      message: messageOf(issue, here),
      mend: mendOf(issue, here),
    },
  ];
}

function mendUnknownKey(key: string, keys: readonly string[]): string {
  const meant = nearest(key, keys);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  return keys.length === 0 ? 'Remove it.' : `Remove it, or use one of ${keys.join(', ')}.`;
}

/** `instances[0].interval_s`; keys that are no plain words are quoted so that the path can be read back. */
export function fieldText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(String(step))) text += (text === '' ? '' : '.') + String(step);
    else text += `[${JSON.stringify(String(step).slice(0, 80))}]`;
  }
  return text === '' ? '(the whole)' : text;
}

function messageOf(issue: Issue, here: JsonSchema | undefined): string {
  if (isMissing(issue)) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `is not ${typeText(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'string' ? 'is too short' : `is less than ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string' ? 'is too long' : `is more than ${issue.maximum}`;
    case 'invalid_value':
      return 'is not one of the allowed words';
    case 'invalid_union':
      return isCredential(here) ? 'is not a reference to a secret' : 'has none of the allowed forms';
    case 'invalid_format':
      if (isCredential(here)) return 'is not a reference to a secret';
      if (here?.pattern !== undefined && !issue.message.startsWith('is ')) return 'has not the allowed form';
      return issue.message.startsWith('Invalid') ? `has not the form of ${issue.format}` : plain(issue.message);
    default:
      return plain(issue.message);
  }
}

// Zod reports a missing value as a wrong type whose input is undefined, and keeps that only in the message's end.
const isMissing = (issue: Issue): boolean =>
  (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) ||
  (issue.code === 'invalid_value' && issue.input === undefined && issue.message.endsWith('received undefined'));

const plain = (message: string): string => message.replace(/\.$/, '');

function mendOf(issue: Issue, here: JsonSchema | undefined): string {
  if (isCredential(here)) return 'Write env:NAME or file:/path, and put the secret there.';
  if (here?.enum !== undefined) return `Use one of ${here.enum.join(', ')}.`;
  if (issue.code === 'invalid_value') return `Use one of ${issue.values.map(String).join(', ')}.`;
  const range = rangeText(here);
  if (range !== '') return range;
  if (issue.code === 'invalid_type') return `Write ${typeText(issue.expected)} here.`;
  if (issue.code === 'custom') return 'Mend this field.';
  return here?.pattern === undefined ? 'Mend this field.' : mendPattern(here.pattern);
}

const pattern_mends: readonly (readonly [RegExp, string])[] = [
  [/chdb/, 'Write chdb:///absolute/directory, http://host:8123/database or https://host:8443/database.'],
  [/memory/, 'Write memory: or kafka://host:port,host:port/prefix.'],
  [/a-z0-9/, 'Use 1 to 63 of a-z 0-9 . _ - and begin with a letter or digit.'],
];
const mendPattern = (pattern: string): string =>
  pattern_mends.find(([known]) => known.test(pattern))?.[1] ?? `It must match ${pattern}.`;

function rangeText({ type, minimum, maximum, minLength, maxLength }: JsonSchema = {}): string {
  if (type === 'number' || type === 'integer') {
    const word = type === 'integer' ? 'a whole number' : 'a number';
    // Beyond 2^53 zod only says "a safe integer": no bound worth printing.
    const has_most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
    if (minimum !== undefined && has_most) return `Use ${word} from ${minimum} to ${maximum}.`;
    return minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER
      ? `Use ${word} of at least ${minimum}.`
      : `Use ${word}.`;
  }
  if (type === 'boolean') return 'Use true or false.';
  if (maxLength !== undefined) return `Use at most ${maxLength} characters.`;
  return minLength !== undefined ? 'Write some text here.' : '';
}

const isCredential = (here: JsonSchema | undefined): boolean =>
  [here, ...(here?.anyOf ?? [])].some((branch) => branch?.pattern?.startsWith('^(env|file)') === true);

const type_words: Readonly<Record<string, string>> = {
  object: 'a block of keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  record: 'a block of keys',
};
const typeText = (expected: string): string => type_words[expected] ?? expected;
