import { batch_schema_version, type Batch } from '@plumbline/contracts';

/**
 * What the outbox's log is made of. One record is one atomic step. Rows stay bytes behind a short JSON head, so that
 * megabytes of them are neither escaped nor parsed on the way through.
 */
interface TableHead {
  readonly table: string;
  readonly row_count: number;
  readonly ndjson_bytes: number;
}

export type BatchHead = Omit<Batch, 'tables' | 'schema_version'> & { readonly tables: readonly TableHead[] };

export type RecordHead =
  | {
      readonly kind: 'append';
      readonly sequence: number;
      readonly batch?: BatchHead | undefined;
      readonly is_claimed?: boolean | undefined;
      /** Ids of the batches that this one was merged from. */
      readonly replaces?: readonly string[] | undefined;
      readonly state?:
        { readonly instance_id: string; readonly aspect: string; readonly state_bytes: number } | undefined;
    }
  | { readonly kind: 'claim'; readonly batch_id: string }
  | { readonly kind: 'acknowledge'; readonly batch_id: string }
  | { readonly kind: 'forget'; readonly instance_id: string };

export interface AppendParts {
  readonly sequence: number;
  readonly batch?: Batch | undefined;
  readonly is_claimed?: boolean | undefined;
  readonly replaces?: readonly string[] | undefined;
  readonly state?: { readonly instance_id: string; readonly aspect: string; readonly json: string } | undefined;
}

const head_length_bytes = 4;

export function encodeHead(head: RecordHead, parts: readonly Buffer[] = []): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(head_length_bytes);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, ...parts]);
}

export function encodeAppend(parts: AppendParts): Buffer {
  const state = parts.state === undefined ? undefined : Buffer.from(parts.state.json);
  const tables = (parts.batch?.tables ?? []).map((table) => Buffer.from(table.ndjson));
  const head: RecordHead = {
    kind: 'append',
    sequence: parts.sequence,
    is_claimed: parts.is_claimed,
    replaces: parts.replaces,
    batch: parts.batch && headOf(parts.batch, tables),
    state: parts.state &&
      state && { instance_id: parts.state.instance_id, aspect: parts.state.aspect, state_bytes: state.length },
  };
  return encodeHead(head, state === undefined ? tables : [state, ...tables]);
}

function headOf(batch: Batch, bytes: readonly Buffer[]): BatchHead {
  const { schema_version: _version, tables, ...rest } = batch;
  return {
    ...rest,
    tables: tables.map(({ table, row_count }, place) => ({
      table,
      row_count,
      ndjson_bytes: bytes[place]?.length ?? 0,
    })),
  };
}

export function decodeHead(payload: Buffer): RecordHead {
  const length = payload.readUInt32LE(0);
  return JSON.parse(payload.toString('utf8', head_length_bytes, head_length_bytes + length)) as RecordHead;
}

/** The counter state inside an append record, as JSON text. */
export function decodeState(payload: Buffer): string | undefined {
  const head = decodeHead(payload);
  if (head.kind !== 'append' || head.state === undefined) return undefined;
  const start = head_length_bytes + payload.readUInt32LE(0);
  return payload.toString('utf8', start, start + head.state.state_bytes);
}

export function decodeBatch(payload: Buffer): Batch | undefined {
  const head = decodeHead(payload);
  if (head.kind !== 'append' || head.batch === undefined) return undefined;
  let offset = head_length_bytes + payload.readUInt32LE(0) + (head.state?.state_bytes ?? 0);
  const tables = head.batch.tables.map(({ table, row_count, ndjson_bytes }) => {
    const start = offset;
    offset += ndjson_bytes;
    return { table, row_count, ndjson: payload.toString('utf8', start, offset) };
  });
  return { schema_version: batch_schema_version, ...head.batch, tables };
}
