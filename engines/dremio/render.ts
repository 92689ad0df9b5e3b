import type { Action, RenderedAction } from '@plumbline/contracts';
import { byHand, renderWith, type OfKind, type Renderers } from '../shared/renderer.js';
import { compactTable, createReflection, dropReflection } from './render-lakehouse.js';
import { literal, quoted } from './source.js';
import { tablePath } from './table-path.js';

const renderers: Renderers = {
  create_index: createIndex,
  drop_index: dropIndex,
  analyze_table: analyzeTable,
  change_setting: changeSetting,
  create_reflection: createReflection,
  drop_reflection: dropReflection,
  compact_table: compactTable,
  rewrite_query: () =>
    byHand('The application or view holds this statement: change it there, and compare both results first'),
};

/** The action as Dremio's own statements; nothing runs them but a person. */
export const render = (action: Action): RenderedAction => renderWith(renderers, action);

/**
 * Dremio has no indexes. What serves the same reads is a raw reflection that is sorted by the key columns, so that is what
 * is rendered, and the cautions say so.
 */
function createIndex(action: OfKind<'create_index'>): RenderedAction {
  const made_name =
    `plumbline_${[action.table_name, ...action.columns].join('_').replace(/[^\p{L}\p{N}_]+/gu, '_')}`.slice(0, 60);
  const name = action.index_name ?? made_name;
  const columns = [...new Set([...action.columns, ...action.included_columns])].map(quoted).join(', ');
  const table = tablePath(action);
  return {
    ddl: [
      `ALTER TABLE ${table} CREATE RAW REFLECTION ${quoted(name)} USING DISPLAY (${columns}) ` +
        `LOCALSORT BY (${action.columns.map(quoted).join(', ')})`,
    ],
    rollback_ddl: [`ALTER TABLE ${table} DROP REFLECTION ${quoted(name)}`],
    cautions: [
      'Dremio has no indexes: this is a raw reflection, sorted by the columns that an index would have',
      'It answers only queries that need no other column: add theirs to DISPLAY before running it',
      'It is a second copy on disk, built and refreshed by jobs of its own; the benefit begins when its status is CAN_ACCELERATE',
      'How much it saves is not proven: Dremio has no way to plan with a reflection that is not there',
    ],
  };
}

function dropIndex(action: OfKind<'drop_index'>): RenderedAction {
  const table = tablePath(action);
  return {
    ddl: [`ALTER TABLE ${table} DROP REFLECTION ${quoted(action.index_name)}`],
    rollback_ddl: [action.definition],
    cautions: [
      'Dremio has no indexes: this drops the reflection of that name',
      'Making it anew reads the whole table again; see in Dremio that no other reflection is refreshed from it',
    ],
  };
}

function analyzeTable(action: OfKind<'analyze_table'>): RenderedAction {
  const table = tablePath(action);
  return {
    ddl: [`ANALYZE TABLE ${table} FOR ALL COLUMNS COMPUTE STATISTICS`],
    rollback_ddl: [`ANALYZE TABLE ${table} FOR ALL COLUMNS DELETE STATISTICS`],
    cautions: [
      'It reads every column of the whole table: run it on an engine or queue that has time',
      'The planner heeds it only with the support key planner.use_statistics on',
    ],
  };
}

const settingValue = (value: string): string => (/^(true|false|-?\d+(\.\d+)?)$/i.test(value) ? value : literal(value));

function changeSetting(action: OfKind<'change_setting'>): RenderedAction {
  const scope = action.scope === 'instance' ? 'SYSTEM' : 'SESSION';
  const name = quoted(action.name);
  const back =
    action.previous_value === ''
      ? `ALTER ${scope} RESET ${name}`
      : `ALTER ${scope} SET ${name} = ${settingValue(action.previous_value)}`;
  return {
    ddl: [`ALTER ${scope} SET ${name} = ${settingValue(action.value)}`],
    rollback_ddl: [back],
    cautions: [
      scope === 'SYSTEM'
        ? 'A support key of the whole cluster: an administrator runs it, and on Dremio Cloud only its support may'
        : 'It holds for one session only: the application sets it where it connects',
      ...(action.scope === 'role' ? ['Dremio keeps no settings per role: set it in each session of that user'] : []),
      ...(action.change_needs === 'restart' ? ['Takes effect only after a restart of the coordinators'] : []),
    ],
  };
}
