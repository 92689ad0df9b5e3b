import { readFileSync } from 'node:fs';
import { seeded } from '@plumbline/analytics/testing/series';

export interface TpchQuery {
  /** `Q7` */
  readonly template: string;
  /** Of the instances of its template, from 0. */
  readonly instance: number;
  readonly sql: string;
}

/** Draws of one instance of one template. Bounds belong to the range. */
interface Draw {
  number(low: number, high: number): number;
  of(words: readonly string[]): string;
  different(count: number, words: readonly string[]): readonly string[];
  /** The first day of a month, from `1993-01` to `1997-10`. */
  month(from: string, to: string): string;
}

type Parameters = Readonly<Record<string, string | number>>;

const nations_of: Readonly<Record<string, readonly string[]>> = {
  AFRICA: ['ALGERIA', 'ETHIOPIA', 'KENYA', 'MOROCCO', 'MOZAMBIQUE'],
  AMERICA: ['ARGENTINA', 'BRAZIL', 'CANADA', 'PERU', 'UNITED STATES'],
  ASIA: ['INDIA', 'INDONESIA', 'JAPAN', 'CHINA', 'VIETNAM'],
  EUROPE: ['FRANCE', 'GERMANY', 'ROMANIA', 'RUSSIA', 'UNITED KINGDOM'],
  'MIDDLE EAST': ['EGYPT', 'IRAN', 'IRAQ', 'JORDAN', 'SAUDI ARABIA'],
};
const regions = Object.keys(nations_of);
const nations = Object.values(nations_of).flat();
const words = (text: string): readonly string[] => text.split(' ');
const range = (low: number, high: number): readonly string[] =>
  Array.from({ length: high - low + 1 }, (_, place) => String(low + place));
const brand = (draw: Draw): string => `Brand#${draw.number(1, 5)}${draw.number(1, 5)}`;
const year = (draw: Draw): string => `${draw.number(1993, 1997)}-01-01`;
const finish = (draw: Draw): string =>
  `${draw.of(words('STANDARD SMALL MEDIUM LARGE ECONOMY PROMO'))} ` +
  draw.of(words('ANODIZED BURNISHED PLATED POLISHED BRUSHED'));

/** The substitution parameters of each template, as its clause of the specification draws them. */
const parameters_of: Readonly<Record<string, (draw: Draw, scale: number) => Parameters>> = {
  Q1: (draw) => ({ DELTA: draw.number(60, 120) }),
  Q3: (draw) => ({
    SEGMENT: draw.of(words('AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD')),
    DATE: `1995-03-${String(draw.number(1, 31)).padStart(2, '0')}`,
  }),
  Q4: (draw) => ({ DATE: draw.month('1993-01', '1997-10') }),
  Q5: (draw) => ({ REGION: draw.of(regions), DATE: year(draw) }),
  Q6: (draw) => ({ DATE: year(draw), DISCOUNT: `0.0${draw.number(2, 9)}`, QUANTITY: draw.number(24, 25) }),
  Q7: (draw) => {
    const [NATION1 = '', NATION2 = ''] = draw.different(2, nations);
    return { NATION1, NATION2 };
  },
  Q8: (draw) => {
    const REGION = draw.of(regions);
    const TYPE = `${finish(draw)} ${draw.of(words('TIN NICKEL BRASS STEEL COPPER'))}`;
    return { REGION, NATION: draw.of(nations_of[REGION] ?? []), TYPE };
  },
  Q9: (draw) => ({ COLOR: draw.of(words('almond azure blue chocolate dim forest green ivory lime olive plum sky')) }),
  Q10: (draw) => ({ DATE: draw.month('1993-02', '1995-01') }),
  Q11: (draw, scale) => ({ NATION: draw.of(nations), FRACTION: (0.0001 / scale).toFixed(10) }),
  Q12: (draw) => {
    const [SHIPMODE1 = '', SHIPMODE2 = ''] = draw.different(2, ['REG AIR', ...words('AIR RAIL SHIP TRUCK MAIL FOB')]);
    return { SHIPMODE1, SHIPMODE2, DATE: year(draw) };
  },
  Q13: (draw) => ({
    WORD1: draw.of(words('special pending unusual express')),
    WORD2: draw.of(words('packages requests accounts deposits')),
  }),
  Q14: (draw) => ({ DATE: draw.month('1993-01', '1997-12') }),
  Q15: (draw) => ({ DATE: draw.month('1993-01', '1997-10') }),
  Q16: (draw) => ({ BRAND: brand(draw), TYPE: finish(draw), SIZES: draw.different(8, range(1, 50)).join(', ') }),
  Q18: (draw) => ({ QUANTITY: draw.number(312, 315) }),
  Q19: (draw) => ({
    ...{ QUANTITY1: draw.number(1, 10), QUANTITY2: draw.number(10, 20), QUANTITY3: draw.number(20, 30) },
    ...{ BRAND1: brand(draw), BRAND2: brand(draw), BRAND3: brand(draw) },
  }),
  Q21: (draw) => ({ NATION: draw.of(nations) }),
  Q22: (draw) => ({
    CODES: draw
      .different(7, range(10, 34))
      .map((code) => `'${code}'`)
      .join(', '),
  }),
};

/** So many instances of each of the 19 templates, drawn by seed. `scale` is the data's. */
export function tpchQueries(instances: number, scale: number, seed: number): readonly TpchQuery[] {
  const text = readFileSync(new URL('./tpch-queries.sql', import.meta.url), 'utf8');
  const draw = drawBy(seeded(seed));
  return [...text.matchAll(/^-- (Q\d+)\n([\s\S]*?)(?=^-- Q|(?![\s\S]))/gm)].flatMap(([, template = '', sql = '']) =>
    Array.from({ length: instances }, (_, instance) => ({
      ...{ template, instance },
      sql: filled(sql.trim(), parametersOf(template)(draw, scale)),
    })),
  );
}

function parametersOf(template: string) {
  const parameters = parameters_of[template];
  if (parameters === undefined) throw new Error(`${template} has no parameters`);
  return parameters;
}

function filled(sql: string, parameters: Parameters): string {
  return sql.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`no value for ${name}`);
    return String(value);
  });
}

function drawBy(random: () => number): Draw {
  const number = (low: number, high: number) => low + Math.floor(random() * (high - low + 1));
  const of = (from: readonly string[]): string => from[number(0, from.length - 1)] ?? '';
  return {
    number,
    of,
    different(count, from) {
      const picked = new Set<string>();
      while (picked.size < Math.min(count, from.length)) picked.add(of(from));
      return [...picked];
    },
    month(from, to) {
      const months = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5)) - 1;
      const month = number(months(from), months(to));
      return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
    },
  };
}
