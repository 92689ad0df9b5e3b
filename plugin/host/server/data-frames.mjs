// Rows of ClickHouse's FORMAT JSON as Grafana's wire form of data frames.
const bare = (type) => /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)?.[1];

export function kindOf(type) {
  const inner = bare(type);
  if (inner !== undefined) return kindOf(inner);
  if (/^Date/.test(type)) return 'time';
  if (/^(U?Int|Float|Decimal)/.test(type)) return 'number';
  return type === 'Bool' ? 'boolean' : 'string';
}

function valueOf(kind, value) {
  if (value === null || value === undefined) return null;
  if (kind === 'time')
    return Date.parse(`${String(value).replace(' ', 'T')}${String(value).length > 10 ? 'Z' : 'T00:00:00Z'}`);
  if (kind === 'number') return Number(value);
  if (kind === 'boolean') return Boolean(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const frame_types = { time: 'time.Time', number: 'float64', boolean: 'bool', string: 'string' };

export function frameOf(ref_id, { meta, data }) {
  const columns = meta.map(({ name, type }) => ({ name, kind: kindOf(type) }));
  return {
    schema: {
      refId: ref_id,
      fields: columns.map(({ name, kind }) => ({
        name,
        type: kind,
        typeInfo: { frame: frame_types[kind], nullable: true },
        config: {},
      })),
    },
    data: { values: columns.map(({ name, kind }) => data.map((row) => valueOf(kind, row[name]))) },
  };
}

/**
 * Time series with a text column: one numeric field per distinct label, as the data source makes of them (long to wide).
 * Rows must come sorted by time.
 */
export function wideFrameOf(frame) {
  const { fields } = frame.schema;
  const time = fields.findIndex(({ type }) => type === 'time');
  const texts = fields.flatMap(({ type }, at) => (type === 'string' ? [at] : []));
  if (time < 0 || texts.length === 0) return frame;
  const numbers = fields.flatMap(({ type }, at) => (type === 'number' ? [at] : []));
  const { values } = frame.data;
  const times = [...new Set(values[time])];
  const row_of = new Map(times.map((at, row) => [at, row]));
  const series = new Map();
  for (let row = 0; row < values[time].length; row++) {
    const labels = Object.fromEntries(texts.map((at) => [fields[at].name, values[at][row]]));
    for (const at of numbers) {
      const key = JSON.stringify([at, labels]);
      const field = series.get(key) ?? { schema: { ...fields[at], labels }, values: times.map(() => null) };
      field.values[row_of.get(values[time][row])] = values[at][row];
      series.set(key, field);
    }
  }
  const wide = [...series.values()];
  return {
    schema: { ...frame.schema, fields: [fields[time], ...wide.map(({ schema }) => schema)] },
    data: { values: [times, ...wide.map((field) => field.values)] },
  };
}
