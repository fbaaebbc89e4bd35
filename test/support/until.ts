type Waiting = {
  /** The awaited condition in words; by default the text of the condition. */
  readonly what?: string;
  readonly limitMs?: number;
  readonly everyMs?: number;
};

/**
 * Resolves with the condition's first value that is neither false nor null nor undefined. Rejects after `limitMs` with the
 * awaited condition; a condition that throws rejects at once.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { what = String(condition), limitMs = 100_000, everyMs = 10 }: Waiting = {},
): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const beganMs = performance.now();
    const value = await condition();
    if (value !== false && value !== null && value !== undefined) return value;
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms without success for: ${what}`);
    // A costly condition, such as a scan of all processes, takes at most a fifth of a core.
    await pass(Math.max(everyMs, 4 * (performance.now() - beganMs)));
  }
}

/**
 * Lets at least this much time pass. For tests about time itself: a limit that must expire, a silence that must last. To
 * wait until something has happened, use `until`.
 */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
