import type { ReactNode } from 'react';
import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import { SqlLine } from './SqlLine';

/** A headline over one line of SQL, kept narrow enough for a table. */
export function QueryCell({ template, children }: { readonly template: string; readonly children: ReactNode }) {
  return (
    <div className={useStyles2(getStyle)}>
      {children}
      <SqlLine text={template} />
    </div>
  );
}

const getStyle = () => css({ width: 'min(32vw, 520px)', padding: '4px 0', display: 'grid', gap: 2 });
