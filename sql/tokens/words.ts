const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** After these words an operand begins: a following sign is unary, a following `?` is a parameter, no operator. */
export const words_before_operand = set(`
  select where and or not in like ilike rlike regexp similar between when then else case on having by limit offset set
  values return returning from as any all some distinct top first next fetch rows range groups interval using is escape
  xor div mod percent over default with union except intersect minus if elseif elsif while until into call exec
  join update insert delete for to start connect prior at only skip separator against sounds binary`);

/** Words written with a space before an opening parenthesis; after any other word it opens a call. */
export const words_before_space = set(`
  select where and or not in like ilike rlike between when then else case on having by limit offset set values
  returning from as any all some distinct top fetch using is union except intersect minus over filter join exists
  with into lateral group within escape xor only recursive materialized option apply pivot unpivot output default
  check references key primary unique include partition`);

/** A quoted identifier that is one of these keeps its quotes, or it would turn into a keyword. */
export const reserved_words = set(`
  all alter analyse analyze and any array as asc asymmetric between both by case cast check collate column connect
  constraint create cross current current_date current_role current_time current_timestamp current_user cursor date
  default deferrable delete desc distinct div do drop else end escape except exec execute exists extract false fetch
  filter first following for foreign from full function go grant group grouping groups having identified if ignore
  ilike in index initially inner insert intersect interval into is isnull join key last lateral leading left level like
  limit lock localtime localtimestamp mod merge minus natural next not notnull nowait null nulls of offset on only
  option or order out outer over overlaps partition percent pivot placing preceding primary prior procedure public
  qualify range read references regexp replace resource respect return returning right rlike row rowid rownum rows
  select session_user set show similar skip some start symmetric synonym sysdate table tablesample then time timestamp
  to top trailing trigger true unbounded union unique unpivot update use user using values variadic view when where
  while window with within without xor`);

/** `DATE '..'`: a type before its literal. */
export const types_before_literal = set(`
  date time timestamp timestamptz timetz interval datetime json jsonb uuid inet bytea point box xml bit numeric text
  as separator like ilike regexp rlike escape zone`);
