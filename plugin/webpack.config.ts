import path from 'node:path';
import type { Configuration, RuleSetRule } from 'webpack';
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';

/** JSX without importing React in every file, as React 18.3 and 19 both want it. */
function withAutomaticJsx(rule: RuleSetRule): RuleSetRule {
  const { use } = rule;
  if (typeof use !== 'object' || Array.isArray(use) || use?.loader !== 'swc-loader') return rule;
  const { jsc } = use.options as { jsc: object };
  return { ...rule, use: { ...use, options: { jsc: { ...jsc, transform: { react: { runtime: 'automatic' } } } } } };
}

/** The scaffold's configuration with our one entry: its own search for entries would walk the preview host's packages. */
const config = async (env: Env): Promise<Configuration> => {
  const scaffold = await grafanaConfig(env);
  const rules = (scaffold.module?.rules ?? []).map((rule) =>
    typeof rule === 'object' && rule !== null ? withAutomaticJsx(rule) : rule,
  );
  return {
    ...scaffold,
    entry: { module: path.resolve(process.cwd(), 'src/module.tsx') },
    module: { ...scaffold.module, rules },
    // The one chunk above Webpack's limit is @grafana/scenes, loaded with the first chart.
    performance: { maxAssetSize: 500_000, maxEntrypointSize: 20_000 },
  };
};

export default config;
