import { quoted } from './source.js';

/** Dynamic views are synonyms: the privilege is given on what stands behind, `V$SQL` → `SYS.V_$SQL`. */
const grantedName = (view: string): string => (view.includes('.') ? view : `SYS.${view.replace(/^(G?V)\$/, '$1_$')}`);

/** READ (12.1.0.2 and later) cannot lock rows, as SELECT can. */
export const grantsOf = (views: readonly string[], user_name: string): string =>
  views.map((view) => `GRANT READ ON ${grantedName(view)} TO ${quoted(user_name)}`).join('; ');
