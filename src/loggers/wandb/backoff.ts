/** Waits grow from this to that, half of each by chance, so that many who failed together do not come back together. */
const FIRST_MS = 500;
const LAST_MS = 60_000;

/** How long to wait before try `tries` + 1, in milliseconds. `random`: in [0, 1). */
export function backoffMs(tries: number, random: () => number): number {
  const whole = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(tries, 20));
  return whole / 2 + (whole / 2) * random();
}

/** What Retry-After asks for, in milliseconds: seconds or a date. Null when it asks for nothing that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 15 * 60_000) : null;
}

/** Resolves after so long, or at once when the signal says stop. Keeps no process alive. */
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
