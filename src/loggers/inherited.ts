import { isInheritedStep, lowestExplicitStep } from '../core/metric-inheritance.js';
import type { MetricPoint } from '../executors/executor.js';

/** Points that are held back at most: a trainer that names no step resumes from nothing. */
const MAX_HELD = 1000;

/**
 * The points of an attempt that may resume from a checkpoint, merged with those of earlier attempts. Earlier points below the
 * lowest step that the attempt names remain valid and come first. So points are held back until one names a step.
 */
export class InheritedPoints {
  /** Points of earlier attempts; null until they are known. */
  #before: readonly MetricPoint[] | null = null;
  #held: MetricPoint[] = [];
  #isOpen = false;

  get isKnown(): boolean {
    return this.#before !== null;
  }

  /** Sets the points of earlier attempts. Returns the points that are ready. */
  resolve(before: readonly MetricPoint[]): readonly MetricPoint[] {
    this.#before = before;
    return this.#release(before.length === 0);
  }

  /** Takes the attempt's own points, in order. Returns the points that are ready. */
  take(points: readonly MetricPoint[]): readonly MetricPoint[] {
    if (this.#isOpen) return points;
    this.#held.push(...points);
    return this.#release(this.#held.length > MAX_HELD);
  }

  /** Returns the held points when the attempt has ended, and all earlier ones where it named no step. */
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
      left.length === 0 ? this.#held : [...left, ...this.#held].sort((a, b) => orderOf(a) - orderOf(b));
    this.#held = [];
    return all;
  }
}

/** Final values are last. */
function orderOf({ step }: MetricPoint): number {
  return step ?? Number.MAX_SAFE_INTEGER;
}
