export { extractor_version, max_parsed_bytes } from './features/extract.js';
export { FeatureExtractor, type FeatureExtractorOptions } from './features/feature-extractor.js';
export { statementIsSingleDml } from './features/parsers.js';
export { normalize, normalizer_version, type Normalized } from './normalize.js';
export { redact } from './redact.js';
export { hashOfPlan } from './plan/plan-shape.js';
