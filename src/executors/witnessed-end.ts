import { uptime } from 'node:os';
import type { Outcome } from './executor.js';

/** How much a file's time and the clocks that are compared here may differ. */
const SLACK_MS = 100;
/** An attempt is launched within this time after its start was noted; a sampler may run in between. */
const LAUNCH_MS = 60_000;

/**
 * Runs an attempt to its end, and corrects an end time that cannot be right. The end comes from the time of day or from a
 * file's time. With a clock that was set, or a file server with another clock, an attempt would have taken 0 ms or a day.
 * This attempt was watched from its start, so a clock that nobody sets says how long it took.
 */
export async function withWitnessedEnd(startedAtMs: number, run: () => Promise<Outcome>): Promise<Outcome> {
  const [wallMs, steadyMs] = [Date.now(), readSteadyMs()];
  const outcome = await run();
  if (outcome.kind !== 'exited' && outcome.kind !== 'unknown') return outcome;
  const passedMs = readSteadyMs() - steadyMs;
  const isSteady =
    Math.abs(Date.now() - wallMs - passedMs) <= SLACK_MS && isWithin(wallMs - startedAtMs, LAUNCH_MS);
  const sinceLaunchMs = outcome.finishedAtMs - wallMs + SLACK_MS;
  if (isSteady && isWithin(sinceLaunchMs, passedMs + 2 * SLACK_MS)) return outcome;
  return { ...outcome, finishedAtMs: Math.round((isSteady ? wallMs : startedAtMs) + passedMs) };
}

/**
 * Returns the outcome of an attempt that was not watched from its start, with an end between its start and now. It cannot
 * detect a clock that was set meanwhile.
 */
export function withPossibleEnd(startedAtMs: number, outcome: Outcome): Outcome {
  if (outcome.kind !== 'exited' && outcome.kind !== 'unknown') return outcome;
  const latest = Math.max(startedAtMs, Date.now() + SLACK_MS);
  return { ...outcome, finishedAtMs: Math.min(Math.max(outcome.finishedAtMs, startedAtMs), latest) };
}

function isWithin(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}

/** Returns a clock that is never set, in ms. On Linux it advances while the machine sleeps. */
function readSteadyMs(): number {
  return process.platform === 'linux' ? uptime() * 1000 : performance.now();
}
