/** Refuses a name that the contract's row does not have. */
export type ColumnsOf<Of extends { readonly [Name in keyof Of]: { readonly row: object } }> = {
  readonly [Name in keyof Of]: readonly (keyof Of[Name]['row'])[];
};
