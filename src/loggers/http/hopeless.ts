import { performance } from 'node:perf_hooks';
import { pause } from './backoff.js';
import type { HttpClient } from './client.js';

/** A server that fails or is silent is waited for at most this long at the end of a sweep. */
const PATIENCE_MS = 7000;
/** After that, a server that answers is waited for while it answers at least this often. */
const SILENCE_MS = 3000;
const LOOK_MS = 200;

/** Resolves when a server has failed or was silent for too long, or when the client has stopped. */
export async function untilHopeless(http: HttpClient): Promise<void> {
  const startMs = performance.now();
  const { failures } = http.counts;
  let { answers } = http.counts;
  let answeredMs = startMs;
  while (!http.signal.aborted) {
    await pause(LOOK_MS, http.signal);
    const atMs = performance.now();
    if (http.counts.answers > answers) answeredMs = atMs;
    answers = http.counts.answers;
    const isBroken = http.counts.failures > failures || atMs - answeredMs > SILENCE_MS;
    if (isBroken && atMs - startMs > PATIENCE_MS) return;
  }
}
