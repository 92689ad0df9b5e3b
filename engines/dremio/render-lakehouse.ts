import type { RenderedAction, ReflectionShape } from '@plumbline/contracts';
import type { OfKind } from '../shared/renderer.js';
import { quoted } from './source.js';
import { tablePath } from './table-path.js';

/** DATASET, because only that word stands for tables and views alike. */
const alter = (path: readonly string[]): string => `ALTER DATASET ${path.map(quoted).join('.')}`;
const listed = (columns: readonly string[]): string => `(${columns.map(quoted).join(', ')})`;

/** A part that has no columns is left out: Dremio refuses empty lists. */
const part = (words: string, columns: readonly string[]): readonly string[] =>
  columns.length === 0 ? [] : [`${words} ${listed(columns)}`];

function creation(path: readonly string[], shape: ReflectionShape): string {
  const measures = shape.measures.map(
    ({ column, functions }) => `${quoted(column)} (${functions.map((name) => name.toUpperCase()).join(', ')})`,
  );
  const what =
    shape.kind === 'raw'
      ? part('DISPLAY', shape.display_columns)
      : [
          ...part('DIMENSIONS', shape.dimension_columns),
          ...(measures.length === 0 ? [] : [`MEASURES (${measures.join(', ')})`]),
        ];
  return [
    `${alter(path)} CREATE ${shape.kind === 'raw' ? 'RAW' : 'AGGREGATE'} REFLECTION ${quoted(shape.reflection_name)} USING`,
    ...what,
    ...part('PARTITION BY', shape.partition_columns),
    ...part('LOCALSORT BY', shape.sort_columns),
  ].join(' ');
}

const removal = (path: readonly string[], { reflection_name }: ReflectionShape): string =>
  `${alter(path)} DROP REFLECTION ${quoted(reflection_name)}`;

export function createReflection({ dataset_path, reflection }: OfKind<'create_reflection'>): RenderedAction {
  return {
    ddl: [creation(dataset_path, reflection)],
    rollback_ddl: [removal(dataset_path, reflection)],
    cautions: [
      'It is a second copy on disk, built and refreshed by jobs of its own: their cost is in the job history as ACCELERATOR_CREATE',
      'The benefit begins when its status in sys.reflections is CAN_ACCELERATE, not when this statement ends',
      reflection.kind === 'raw'
        ? 'It answers only queries that need no other column than those of DISPLAY'
        : 'It answers only queries that group by its dimensions and need no other function than those of its measures',
      'How much it saves is not proven: Dremio has no way to plan with a reflection that is not there',
    ],
  };
}

export function dropReflection({ dataset_path, reflection }: OfKind<'drop_reflection'>): RenderedAction {
  return {
    ddl: [removal(dataset_path, reflection)],
    rollback_ddl: [creation(dataset_path, reflection)],
    cautions: [
      'Making it anew reads the whole dataset again',
      'See in Dremio first that no other reflection is refreshed from it, and that no monthly or yearly report needs it',
      ...(reflection.measures.length === 0
        ? []
        : ['Dremio’s list does not tell which functions its measures have: the way back assumes those of their types']),
    ],
  };
}

export function compactTable(action: OfKind<'compact_table'>): RenderedAction {
  const table = tablePath(action);
  return {
    ddl: [`OPTIMIZE TABLE ${table} REWRITE DATA USING BIN_PACK`],
    rollback_ddl: [],
    cautions: [
      'It reads and writes anew what the small files hold: run it on an engine or queue that has time, and after loads',
      'It changes no row, so there is nothing to take back; the old files stay until VACUUM, and ' +
        `ROLLBACK TABLE ${table} TO TIMESTAMP '…' goes back to them`,
      'Only tables in Iceberg format take it; it needs SELECT and UPDATE on the table, or ownership',
      'A loader that goes on writing small files makes this necessary again: let it write fewer, larger ones',
    ],
  };
}
