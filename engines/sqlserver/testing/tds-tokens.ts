/** Tokens of MS-TDS that a server sends, each for the types that our statements give. */
export type TdsType =
  'bigint' | 'int' | 'float' | 'bit' | 'decimal' | 'nvarchar' | 'varbinary' | 'datetimeoffset' | 'datetime';

export interface TdsColumn {
  readonly name: string;
  readonly type: TdsType;
}

const token = { metadata: 0x81, error: 0xaa, login_ack: 0xad, row: 0xd1, done: 0xfd } as const;

const u8 = (value: number): Buffer => Buffer.from([value]);
const u16 = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
const short = (text: string): Buffer => Buffer.concat([u8(text.length), Buffer.from(text, 'utf16le')]);
const long = (text: string): Buffer => Buffer.concat([u16(text.length), Buffer.from(text, 'utf16le')]);

const done_status = { batch: 0, failed: 2, attention: 0x20 } as const;

export const doneToken = (kind: keyof typeof done_status): Buffer =>
  Buffer.concat([u8(token.done), u16(done_status[kind]), u16(0), Buffer.alloc(8)]);

export function errorToken(number: number): Buffer {
  const body = [
    u32(number),
    u8(1),
    u8(14),
    long("refused, with a literal: 'hunter2'"),
    short('server'),
    short(''),
    u32(1),
  ];
  const length = body.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([u8(token.error), u16(length), ...body]);
}

export function loginAck(): Buffer {
  const body = Buffer.concat([
    u8(1),
    Buffer.from([0x74, 0, 0, 4]),
    short('Microsoft SQL Server'),
    Buffer.from([16, 0, 3, 232]),
  ]);
  return Buffer.concat([u8(token.login_ack), u16(body.length), body]);
}

const collation = Buffer.from([9, 4, 208, 0, 52]);
const type_info: Readonly<Record<TdsType, Buffer>> = {
  bigint: Buffer.from([0x26, 8]),
  int: Buffer.from([0x26, 4]),
  float: Buffer.from([0x6d, 8]),
  bit: Buffer.from([0x68, 1]),
  decimal: Buffer.from([0x6a, 17, 38, 0]),
  nvarchar: Buffer.concat([u8(0xe7), u16(8000), collation]),
  varbinary: Buffer.concat([u8(0xa5), u16(8000)]),
  datetimeoffset: Buffer.from([0x2b, 7]),
  datetime: Buffer.from([0x6f, 8]),
};
const is_wide: ReadonlySet<TdsType> = new Set(['nvarchar', 'varbinary']);

export function rowsTokens(columns: readonly TdsColumn[], rows: readonly (readonly unknown[])[]): Buffer {
  const metadata = columns.flatMap(({ name, type }) => [u32(0), u16(9), type_info[type], short(name)]);
  const values = rows.flatMap((row) => [u8(token.row), ...columns.map(({ type }, place) => value(type, row[place]))]);
  return Buffer.concat([u8(token.metadata), u16(columns.length), ...metadata, ...values, doneToken('batch')]);
}

/** @param held null; bigint, number, text, Buffer or Date as the type asks */
function value(type: TdsType, held: unknown): Buffer {
  if (held === null) return is_wide.has(type) ? u16(0xffff) : u8(0);
  const bytes = bytesOf(type, held);
  return Buffer.concat([is_wide.has(type) ? u16(bytes.length) : u8(bytes.length), bytes]);
}

const ms_per_day = 86_400_000;

function bytesOf(type: TdsType, held: unknown): Buffer {
  switch (type) {
    case 'nvarchar':
      return Buffer.from(String(held), 'utf16le');
    case 'varbinary':
      return held as Buffer;
    case 'float': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(held));
      return bytes;
    }
    case 'decimal':
      return Buffer.concat([u8(1), wholeBytes(BigInt(String(held)), 16)]);
    case 'datetimeoffset':
      return offsetTime(held as Date);
    case 'datetime':
      return localTime(held as Date);
    default:
      return wholeBytes(BigInt(String(held)), { bigint: 8, int: 4, bit: 1 }[type]);
  }
}

function wholeBytes(whole: bigint, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let place = 0; place < length; place++) bytes[place] = Number((whole >> BigInt(8 * place)) & 0xffn);
  return bytes;
}

/** Ten-millionths of a second since midnight, days since the year 1, minutes of offset: two hours east. */
function offsetTime(at: Date): Buffer {
  const days = Math.floor(at.getTime() / ms_per_day);
  const ticks = BigInt(at.getTime() - days * ms_per_day) * 10_000n;
  return Buffer.concat([wholeBytes(ticks, 5), wholeBytes(BigInt(days + 719_162), 3), u16(120)]);
}

/** Days since 1900 and three-hundredths of a second, of the server's own clock. */
function localTime(at: Date): Buffer {
  const days = Math.floor(at.getTime() / ms_per_day);
  const ticks = Math.round(((at.getTime() - days * ms_per_day) * 300) / 1_000);
  return Buffer.concat([u32(days + 25_567), u32(ticks)]);
}
