/** Makes the cost matrix of our own that `npm run bench -- compress` and the floor test read. */
import type { Benchmark } from '../figure.js';
import { makeOwnMatrix, writeOwnMatrix } from '../workloads/own-matrix.js';
import { openTpch } from '../workloads/tpch.js';

const scale = Number(process.env['PLUMBLINE_BENCH_TPCH_SCALE'] ?? 0.1);

const benchmark: Benchmark = {
  name: 'matrix',
  summary: 'makes bench/workloads/tpch-matrix.json.gz with HypoPG on TPC-H-like data of our own',
  async run(say) {
    const tpch = await openTpch({ scale, zipf: 0 });
    try {
      const matrix = await makeOwnMatrix(tpch, scale, 'npm run bench -- matrix', say);
      writeOwnMatrix(matrix);
      const combinations = matrix.queries.reduce((sum, { costs }) => sum + costs.length, 0);
      const told = (figure: string, measured: number) => ({
        ...{ figure, measured: String(measured), target: 'told', is_met: null },
      });
      return [
        told(`queries, PostgreSQL ${tpch.server_version}, SF ${scale}`, matrix.queries.length),
        told('indexes imagined that make a plan of one of them cheaper', matrix.indexes.length),
        told('combinations of indexes with a cost of their own', combinations),
        told('plans asked', matrix.made_by.planned),
      ];
    } finally {
      await tpch.close();
    }
  },
};
export default benchmark;
