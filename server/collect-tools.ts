import type { ToolsFactory } from '@plumbline/collector';
import type { FeatureExtractor } from '@plumbline/sql';
import { normalize, redact } from '@plumbline/sql';

/** Lends the words of sql/ to every reading, so that literals end inside the engine's folder. */
export const collectTools =
  (extractor: FeatureExtractor): ToolsFactory =>
  (engine, clock, abort) => ({
    clock,
    abort,
    template: (sql, is_truncated_at) => normalize(sql, engine.dialect, is_truncated_at),
    features: (template) => extractor.features(template, engine.dialect),
    redact: (fragment) => redact(fragment, engine.dialect),
  });
