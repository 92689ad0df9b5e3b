import {
  FieldColorModeId,
  standardEditorsRegistry,
  standardFieldConfigEditorRegistry,
  standardTransformersRegistry,
} from '@grafana/data';

const identity = (value: unknown): unknown => value;
const option = (path: string, defaultValue?: unknown) => ({
  id: path,
  path,
  name: path,
  editor: () => null,
  override: () => null,
  process: identity,
  shouldApply: () => true,
  ...(defaultValue === undefined ? {} : { defaultValue }),
});

/** The field options every panel knows. Their editors live in Grafana itself; only their processing matters here. */
export function fillRegistries(): void {
  standardEditorsRegistry.setInit(() => []);
  standardFieldConfigEditorRegistry.setInit(
    () =>
      [
        option('unit'),
        option('min'),
        option('max'),
        option('decimals'),
        option('displayName'),
        option('noValue'),
        option('color', { mode: FieldColorModeId.PaletteClassic }),
        option('thresholds'),
        option('mappings', []),
        option('links'),
      ] as never,
  );
  standardTransformersRegistry.setInit(() => []);
}
