import { strToU8, zipSync } from 'fflate';

/** The ZIP that Dremio's support download gives: a header, logs, and one profile per attempt. */
export const profileZip = (...attempts: readonly unknown[]): Uint8Array =>
  zipSync({
    'header.json': strToU8('{"job":{}}'),
    'log_attempt_0.json': strToU8('[]'),
    ...Object.fromEntries(
      attempts.map((attempt, n) => [`profile_attempt_${n}.json`, strToU8(JSON.stringify(attempt))]),
    ),
  });

const cost = (rows: number, cpu: number): string =>
  `rowcount = ${rows}.0, cumulative cost = {${rows}.0 rows, ${cpu}.5 cpu, 3.0 io, 4.0 network, 5.0 memory}, id = 7`;
const type = 'rowType = RecordType(VARCHAR(65536) region, DECIMAL(38, 2) total)';

/**
 * A join of two tables as versions 22 to 26 print it, written by hand in the form of public profiles (contract sheet,
 * section 12): a fragment for each side, conditions with literals, one of them over two lines.
 */
export const join_plan = [
  `00-00    Screen : ${type}: ${cost(10, 900)}`,
  `00-01      Project(region=[$0], total=[$1]) : ${type}: ${cost(10, 890)}`,
  `00-02        UnionExchange : ${type}: ${cost(10, 880)}`,
  `01-01          HashAgg(group=[{0}], total=[SUM($1)]) : ${type}: ${cost(10, 700)}`,
  `01-02            HashJoin(condition=[=($0, $3)], joinType=[inner]) : ${type}: ${cost(1000, 600)}`,
  `01-04              Filter(condition=[AND(=($1, 'Müller, [x] : rowType = y'), >($2, 1234567))]) : ${type}: ${cost(50, 200)}`,
  `01-06                TableFunction(filters=[[Filter on \`note\`: equal(\`note\`, 'a`,
  `01-07 secret') ]], columns=[\`region\`, \`note\`], Table Function Type=[DATA_FILE_SCAN], table=[lake."sales.eu".orders]) : ${type}: ${cost(5000, 100)}`,
  `01-03              ParquetScan(table=["lake".sales.items], columns=[\`id\`], splits=[4]) : ${type}: ${cost(20, 50)}`,
].join('\n');

interface OperatorOfProfile {
  readonly major: number;
  readonly id: number;
  readonly type: number;
  readonly input: number;
  readonly metric?: readonly { readonly metricId: number; readonly longValue: number }[];
  readonly output?: number;
}

const operators: readonly OperatorOfProfile[] = [
  { major: 0, id: 0, type: 13, input: 3 },
  { major: 0, id: 1, type: 10, input: 3 },
  { major: 1, id: 1, type: 3, input: 90_000 },
  {
    major: 1,
    id: 2,
    type: 4,
    input: 5_020,
    metric: [
      { metricId: 17, longValue: 2 },
      { metricId: 18, longValue: 4_096 },
    ],
  },
  { major: 1, id: 4, type: 2, input: 5_000, output: 5_000 },
  { major: 1, id: 6, type: 53, input: 5_000 },
  { major: 1, id: 3, type: 21, input: 20 },
];

/** Two threads per fragment, each having done half of what `operators` says. */
export const join_profile = {
  ...{ query: 'SELECT 1', state: 2, plan: join_plan },
  operatorTypeMetricsMap: {
    metricsDef: Array.from({ length: 5 }, (_, operator_type) => ({
      metricDef:
        operator_type === 4
          ? [
              { id: 17, name: 'SPILL_COUNT' },
              { id: 18, name: 'SPILL_TOTAL_DATA_SIZE' },
            ]
          : [],
    })),
  },
  fragmentProfile: [0, 1].map((major) => ({
    majorFragmentId: major,
    minorFragmentProfile: [0, 1].map((minorFragmentId) => ({
      minorFragmentId,
      operatorProfile: operators
        .filter((operator) => operator.major === major)
        .map((operator) => ({
          ...{ operatorId: operator.id, operatorType: operator.type, setupNanos: 500_000, processNanos: 1_500_000 },
          ...{ waitNanos: 9e9, peakLocalMemoryAllocated: 1_000_000, metric: operator.metric ?? [] },
          inputProfile: [{ records: operator.input / 2, batches: 1, size: 10 }],
          ...(operator.output === undefined ? {} : { outputRecords: operator.output / 2 }),
        })),
    })),
  })),
};
