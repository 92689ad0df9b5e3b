/**
 * The first thing Grafana's ClickHouse data source (clickhouse-go over HTTP) sends on every connection, with
 * `client_protocol_version=54460`. At that revision a Native block begins with block information and each column has a
 * flag for custom serialization; the embedded engine writes Native at revision 0, without both. So this one answer is
 * written by hand in the newer layout, and it announces revision 0: every later block is then read as the engine writes it.
 */
const hello = /^\s*select\s+displayname\(\)\s*,\s*version\(\)\s*,\s*revision\(\)\s*,\s*timezone\(\)\s*;?\s*$/i;
const first_with_custom_serialization = 54454;

export const isHello = (sql: string, client_protocol_version: number): boolean =>
  client_protocol_version >= first_with_custom_serialization && hello.test(sql);

export function helloAnswer(display_name: string, version: string, timezone = 'UTC'): Buffer {
  const revision = Buffer.alloc(4);
  return Buffer.concat([
    block_information,
    varint(4),
    varint(1),
    column('displayName()', 'String', text(display_name)),
    column('version()', 'String', text(version)),
    column('revision()', 'UInt32', revision),
    column('timezone()', 'String', text(timezone)),
  ]);
}

/** Field 1: is_overflows = 0. Field 2: bucket number = -1 (32 bits). 0 ends it. */
const block_information = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);

function column(name: string, type: string, value: Buffer): Buffer {
  const has_custom_serialization = Buffer.from([0]);
  return Buffer.concat([text(name), text(type), has_custom_serialization, value]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
