import type { StudyStore } from '../store/study-store.js';
import { Toggle } from '../ui/choice.js';

/** Switches for the axis of a field: logarithmic or not, outliers clipped or not. */
export function AxisTools({ store, fieldKey }: { readonly store: StudyStore; readonly fieldKey: string }) {
  const scale = store.scales.value.get(fieldKey);
  const options = store.options.value;
  if (!scale || scale.choices) return null;
  return (
    <>
      <Toggle
        label="log"
        title="Logarithmic axis; needs positive values"
        on={scale.log}
        onChange={(on) => {
          store.options.value = { ...options, log: { ...options.log, [fieldKey]: on } };
        }}
      />
      <Toggle
        label="clip outliers"
        title="Draw values far beyond the others at the end of the axis"
        on={options.clip}
        onChange={(clip) => {
          store.options.value = { ...options, clip };
        }}
      />
    </>
  );
}
