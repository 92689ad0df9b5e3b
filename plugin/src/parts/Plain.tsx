import type { ReactNode } from 'react';

/** A figure and its unit stay on one line. */
export const Plain = ({ children }: { readonly children: ReactNode }) => (
  <span style={{ whiteSpace: 'nowrap' }}>{children}</span>
);
