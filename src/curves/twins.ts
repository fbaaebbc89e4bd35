import type { LearningCurve } from './learning-curves.js';

/** Fewer different reports than this may be equal by chance: a metric of few values, or one that has not begun to fall. */
const LEAST_DIFFERENT = 2;

/**
 * Returns the curves, where each unfinished one whose reports are exactly those of a complete trial has the objective of that: what
 * differs between their configurations has no effect, and it would come to the same. None of a length at which two complete trials
 * agreed and then came to different values.
 */
export function withTwins(curves: readonly LearningCurve[]): readonly LearningCurve[] {
  const known = new Map<number, ReadonlyMap<string, number> | null>();
  return curves.map((curve) => {
    const { losses, final } = curve;
    if (final !== null || new Set(losses).size < LEAST_DIFFERENT) return curve;
    const length = losses.length;
    if (!known.has(length)) known.set(length, endsOf(curves, length));
    const end = known.get(length)?.get(keyOf(curve, length));
    return end === undefined ? curve : { ...curve, final: end };
  });
}

/** Returns the objectives of complete trials by their first reports; null where these do not tell them. */
function endsOf(curves: readonly LearningCurve[], length: number): ReadonlyMap<string, number> | null {
  const ends = new Map<string, number>();
  for (const curve of curves) {
    const { losses, final } = curve;
    if (final === null || losses.length < length) continue;
    if (new Set(losses.subarray(0, length)).size < LEAST_DIFFERENT) continue;
    const key = keyOf(curve, length);
    const other = ends.get(key);
    if (other !== undefined && other !== final) return null;
    ends.set(key, final);
  }
  return ends;
}

function keyOf({ steps, losses }: LearningCurve, length: number): string {
  return `${steps.subarray(0, length).join()} ${losses.subarray(0, length).join()}`;
}
