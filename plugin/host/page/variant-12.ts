/** 12.4 needs nothing beyond the common set-up. */
export const prepareVariant = (): void => undefined;
