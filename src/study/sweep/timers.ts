/** Calls `fire` after any duration, in parts: setTimeout overflows after 24.8 days and then fires at once. */
export function setLongTimeout(fire: () => void, durationMs: number): { clear: () => void } {
  const part = Math.min(durationMs, 2 ** 31 - 1);
  const timer = setTimeout(() => {
    if (durationMs <= part) return fire();
    rest = setLongTimeout(fire, durationMs - part);
  }, part);
  let rest: { clear: () => void } | null = null;
  return {
    clear: () => {
      clearTimeout(timer);
      rest?.clear();
    },
  };
}
