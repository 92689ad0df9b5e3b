import { initializeLoggersRegistry } from '@grafana/runtime/unstable';

/** 13.2 looks its loggers up in a registry that Grafana fills at its start. */
export const prepareVariant = (): void => initializeLoggersRegistry();
