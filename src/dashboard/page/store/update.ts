import { signal } from '@preact/signals';

/** With more trials, a change of the data is first drawn where it can be seen. */
const LARGE = 5_000;
/** By then the table and the plots that are seen have been rendered and painted. */
const REST_MS = 50;

/** Whether a large study has just changed: plots that nobody sees wait until the others and the table show it. */
export const isUpdating = signal(false);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Applies a change of a study that is already shown. */
export function update(total: number, change: () => void): void {
  clearTimeout(timer);
  isUpdating.value = total > LARGE;
  change();
  timer = setTimeout(() => {
    isUpdating.value = false;
  }, REST_MS);
}
