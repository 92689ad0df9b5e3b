import type { Action, Utc, ViewRow } from '@plumbline/contracts';
import { isSameMethod } from '../advisors/index-method.js';
import { settingBytes } from '../advisors/setting-value.js';
import { isOn, type AppliedByHand, type Named, type Of, type PresentFacts } from './present-facts.js';
import { reflectionGone, reflectionMade, tableCompacted } from './lakehouse-by-hand.js';

/** When and by what the action was done since `since`; undefined while it was not, or cannot be seen from outside. */
export function appliedByHand(action: Action, since: Utc, facts: PresentFacts): AppliedByHand | undefined {
  switch (action.kind) {
    case 'create_index':
      return indexMade(action, since, facts);
    case 'drop_index':
      return indexGone(action, since, facts);
    case 'analyze_table':
      return tableAnalyzed(action, since, facts);
    case 'change_setting':
      return settingChanged(action, since, facts);
    case 'create_reflection':
      return reflectionMade(action, since, facts);
    case 'drop_reflection':
      return reflectionGone(action, since, facts);
    case 'compact_table':
      return tableCompacted(action, since, facts);
    case 'rewrite_query':
      // A rewritten statement is another query: nothing says that it took the old one's place.
      return undefined;
  }
}

/** An index on the table that leads with the wanted columns; whether it carries more behind them is its maker's choice. */
function indexMade(
  action: Of<'create_index'>,
  since: Utc,
  { events, indexes }: PresentFacts,
): AppliedByHand | undefined {
  const made = indexes.find(
    (index) =>
      isOn(index, action) &&
      index.is_valid === 1 &&
      index.predicate === '' &&
      isSameMethod(index.method, action.method) &&
      action.columns.every((column, place) => index.key_columns[place] === column),
  );
  if (!made) return undefined;
  const created = newest(events, 'index_created', made, made.index_name);
  return {
    occurred_at: created?.occurred_at ?? firstSeen(made, since),
    note: `Index ${made.index_name} on ${made.schema_name}.${made.table_name} (${made.key_columns.join(', ')}) was made.`,
  };
}

/** Without an event the index appeared before its first snapshot, and not before it was recommended. */
function firstSeen(index: ViewRow<'indexes_latest'>, since: Utc): Utc {
  return index.observed_at > since ? index.observed_at : since;
}

function indexGone(action: Of<'drop_index'>, since: Utc, { events, indexes }: PresentFacts): AppliedByHand | undefined {
  const dropped = newest(events, 'index_dropped', action, action.index_name);
  const is_there = indexes.some((index) => isOn(index, action) && index.index_name === action.index_name);
  if (!dropped || is_there || dropped.occurred_at <= since) return undefined;
  return { occurred_at: dropped.occurred_at, note: `Index ${action.index_name} was dropped.` };
}

function tableAnalyzed(
  action: Of<'analyze_table'>,
  since: Utc,
  { events, tables }: PresentFacts,
): AppliedByHand | undefined {
  const told = newest(events, 'analyzed', action)?.occurred_at;
  const counted = tables.find((table) => isOn(table, action))?.last_analyzed_at ?? undefined;
  const occurred_at = [told, counted].find((at) => at !== undefined && at > since);
  if (occurred_at === undefined) return undefined;
  return { occurred_at, note: `${action.schema_name}.${action.table_name} was analyzed.` };
}

/** At least the recommended value, for memory; the very value, for anything else. */
function settingChanged(
  action: Of<'change_setting'>,
  since: Utc,
  { events, setting_units }: PresentFacts,
): AppliedByHand | undefined {
  const changed = events.findLast((event) => event.kind === 'setting_changed' && event.object_name === action.name);
  if (!changed || changed.occurred_at <= since || !isReached(action, changed.after, setting_units)) return undefined;
  return {
    occurred_at: changed.occurred_at,
    note: `Setting ${action.name} was changed from ${changed.before} to ${changed.after}.`,
  };
}

function isReached(action: Of<'change_setting'>, value: string, setting_units: PresentFacts['setting_units']): boolean {
  if (value === action.value) return true;
  const wanted = settingBytes({ value: action.value, unit: '' });
  const now = settingBytes({ value, unit: setting_units.get(action.name) ?? '' });
  return wanted !== undefined && now !== undefined && now >= wanted;
}

function newest(
  events: readonly ViewRow<'judge_events'>[],
  kind: string,
  table: Named,
  subject?: string,
): ViewRow<'judge_events'> | undefined {
  return events.findLast(
    (event) =>
      event.kind === kind &&
      event.object_name === `${table.schema_name}.${table.table_name}` &&
      (event.database_name === '' || event.database_name === table.database_name) &&
      (subject === undefined || event.subject === subject),
  );
}
