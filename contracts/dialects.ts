export const dialects = ['postgresql', 'mysql', 'oracle', 'sqlserver', 'dremio'] as const;
export type Dialect = (typeof dialects)[number];

/** What a database may be able to give. Detectors ask for abilities, never for engine names. */
export const abilities = [
  'statements',
  'activity',
  'plans',
  'settings',
  'tables',
  'indexes',
  'columns',
  'what_if',
  'histograms',
  'runs',
  'reflections',
  'table_files',
] as const;
export type Ability = (typeof abilities)[number];
