import { StepSeries } from '../../core/step-series.js';

/** The values of one metric of one trial, as a file would hold them. */
export class Series extends StepSeries {
  override set(step: number | null, value: number): void {
    super.set(step, withoutSign(value));
  }
}

/** Returns a plain zero for a negative one: a file has no negative zero either. */
export function withoutSign(value: number): number {
  return value + 0;
}
