import { isInheritedStep, lowestExplicitStep } from '../../core/metric-inheritance.js';
import type { MetricPoint } from '../../executors/executor.js';

/** Points that may be held back: a trainer that names no step does not go on from anything. */
const MOST_HELD = 1000;

/**
 * The points of an attempt that may go on from a checkpoint, with what attempts before it have left: below the lowest
 * step that it names that counts on, and comes first. So points are held back until one names a step.
 */
export class InheritedPoints {
  /** Null while nobody has said what was left. */
  #before: readonly MetricPoint[] | null = null;
  #held: MetricPoint[] = [];
  #isOpen = false;

  get isKnown(): boolean {
    return this.#before !== null;
  }

  /** What attempts before have left; returns the points that may go on. */
  know(before: readonly MetricPoint[]): readonly MetricPoint[] {
    this.#before = before;
    return this.#release(before.length === 0);
  }

  /** The attempt's own points, in their order; returns those that may go on. */
  take(points: readonly MetricPoint[]): readonly MetricPoint[] {
    if (this.#isOpen) return points;
    this.#held.push(...points);
    return this.#release(this.#held.length > MOST_HELD);
  }

  /** The attempt has ended: what is held goes on, and all that was left where it named no step. */
  end(): readonly MetricPoint[] {
    return this.#release(true);
  }

  #release(isCertain: boolean): readonly MetricPoint[] {
    if (this.#isOpen || this.#before === null) return [];
    const lowest = lowestExplicitStep(this.#held);
    if (!isCertain && lowest === null) return [];
    this.#isOpen = true;
    const left = this.#before.filter(({ step }) => isInheritedStep(step, lowest));
    const all =
      left.length === 0 ? this.#held : [...left, ...this.#held].sort((a, b) => placeOf(a) - placeOf(b));
    this.#held = [];
    return all;
  }
}

/** Final values come last. */
function placeOf({ step }: MetricPoint): number {
  return step ?? Number.MAX_SAFE_INTEGER;
}
