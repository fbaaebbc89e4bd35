/** Pauses grow from the first to the last value. Half of each is random, so that many failed requests do not return together. */
const FIRST_MS = 500;
const LAST_MS = 60_000;

/** Returns the pause before attempt `tries` + 1, in milliseconds. `random`: in [0, 1). */
export function backoffMs(tries: number, random: () => number): number {
  const whole = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(tries, 20));
  return whole / 2 + (whole / 2) * random();
}

/** Returns the delay of a Retry-After header (seconds or a date), in milliseconds. Null without a readable one. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 15 * 60_000) : null;
}

/** Resolves after `ms`, or as soon as the signal is aborted. Does not keep the process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
  });
}
