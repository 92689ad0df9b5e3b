import type { PredicateUse } from '@plumbline/contracts';

export interface SargableForm {
  /** The condition as it stands, with `?` for any value as in templates. */
  readonly before: string;
  /** One that means the same with the column bare; the same text where there is none. */
  readonly after: string;
  /** What to index if the statement must stay. */
  readonly expression: string;
  readonly hint: string;
}

const text_types = /^(text|varchar|char|character varying|nvarchar|string)\b/;
const span_functions = ['date_trunc', 'extract', 'date_part', 'year', 'month', 'to_char', 'date_format'];
const default_functions = ['coalesce', 'ifnull', 'isnull', 'nvl'];
const comparisons: Partial<Record<PredicateUse['operator'], string>> = {
  eq: '= ?',
  in: 'IN (?)',
  range: '>= ?',
  like_prefix: 'LIKE ?',
};

/** How a condition of `template` with a wrapped column can be written so that the column stands bare. */
export function bareColumnForm(predicate: PredicateUse, column: string, template: string): SargableForm {
  const wrapper = predicate.wrapped_in.toLowerCase();
  const comparison = comparisons[predicate.operator] ?? '= ?';
  const cast_type = wrapper === 'cast' ? castTypeOf(column, template) : undefined;
  const expression = cast_type === undefined ? `${wrapper}(${column})` : `(${column}::${cast_type})`;
  const rewritten = (after: string, hint: string): SargableForm => ({
    before: `${cast_type === undefined ? expression : `${column}::${cast_type}`} ${comparison}`,
    after,
    expression,
    hint: `${hint}: ${after}.`,
  });

  if ((wrapper === 'date' || cast_type === 'date') && predicate.operator === 'eq') {
    return rewritten(`${column} >= ? AND ${column} < ? + interval '1 day'`, 'Ask for the span of the day');
  }
  if (span_functions.includes(wrapper)) {
    return rewritten(`${column} >= ? AND ${column} < ?`, 'Compute both ends of the span in the application');
  }
  if (default_functions.includes(wrapper)) {
    return rewritten(
      `(${column} = ? OR ${column} IS NULL)`,
      'Ask for NULL on its own, and only where the default is asked for',
    );
  }
  if (wrapper === 'cast') {
    const is_text = cast_type !== undefined && text_types.test(cast_type);
    return rewritten(
      `${column} ${comparison}`,
      is_text
        ? `Pass the value in the type of ${column} instead of turning the column into text`
        : 'Cast the value instead',
    );
  }
  const stays = rewritten(`${expression} ${comparison}`, 'As it stands it needs an index on the expression');
  return ['lower', 'upper'].includes(wrapper)
    ? {
        ...stays,
        hint: `Index ${expression}, or keep ${column} in one case (a case-insensitive collation does the same).`,
      }
    : { ...stays, hint: `Move ${wrapper} from the column to the value it is compared with, if it can be inverted.` };
}

/** Features name a cast but not its type; the template has it as `column::type` or `cast(column as type)`. */
function castTypeOf(column: string, template: string): string | undefined {
  const name = `(?:\\w+\\.)?"?${column.replace(/[^\w]/g, '\\$&')}"?`;
  const type = '([a-z][a-z_]*(?: varying| precision)?)';
  const found =
    new RegExp(`\\b${name}\\s*::\\s*${type}`, 'i').exec(template) ??
    new RegExp(`\\bcast\\s*\\(\\s*${name}\\s+as\\s+${type}`, 'i').exec(template);
  return found?.[1]?.toLowerCase();
}
