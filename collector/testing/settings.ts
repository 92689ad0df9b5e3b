import type { InstanceConfig } from '@plumbline/contracts';
import type { ToolsFactory } from '../collector.js';

export const instanceConfig = (over: Partial<InstanceConfig> = {}): InstanceConfig => ({
  name: 'shop',
  engine: 'counters',
  host: '127.0.0.1',
  port: 5432,
  database_name: 'postgres',
  user_name: 'postgres',
  tls: 'off',
  enabled: true,
  interval_s: 60,
  aspects: {},
  ...over,
});

const notAsked = (): never => {
  throw new Error('not asked in these tests');
};

export const plain_tools: ToolsFactory = (_engine, clock, abort) => ({
  clock,
  abort,
  template: notAsked,
  features: notAsked,
  redact: notAsked,
});
