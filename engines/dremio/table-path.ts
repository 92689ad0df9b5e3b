import type { TableName } from '@plumbline/contracts';
import { quoted } from './source.js';

/** A schema's name may be a path of its own: `space.folder`. */
export const tablePath = (table: Pick<TableName, 'schema_name' | 'table_name'>): string =>
  [...table.schema_name.split('.'), table.table_name]
    .filter((part) => part !== '')
    .map(quoted)
    .join('.');
