import type { Direction } from '../core/trial.js';
import type { Axis } from './figure.js';
import { plural } from './number-text.js';
import { NO_LIMITS, outlierLimits } from './outliers.js';
import { extentOf, valueAxis } from './scale.js';

type LimitedAxis = {
  readonly label: string;
  /** NaN: no value. */
  readonly values: Iterable<number>;
  readonly direction: Direction | null;
  readonly isLog: boolean;
  readonly showsOutliers: boolean;
  readonly isTight: boolean;
};

/** Returns an axis for results without the values far from the rest, and notes on what it leaves out. */
export function limitedAxis({ label, values, direction, isLog, showsOutliers, isTight }: LimitedAxis): {
  axis: Axis;
  notes: string[];
} {
  const scale = isLog ? 'log' : 'linear';
  const all = Float64Array.from(values);
  const { low, high } = showsOutliers ? NO_LIMITS : outlierLimits(all, { direction, isLog });
  const extent = extentOf(
    all.filter((value) => value >= low && value <= high),
    scale,
  );
  const axis = valueAxis({ label, scale, extent, isWhole: false, absent: null, isTight });
  const isOutside = (value: number) =>
    Number.isFinite(value) && (value < axis.domain[0] || value > axis.domain[1]);
  const isUnplaced = (value: number) => isLog && value <= 0;
  const unplaced = all.filter(isUnplaced).length;
  const outside = all.filter((value) => isOutside(value) && !isUnplaced(value)).length;
  const infinite = all.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY && !isUnplaced(value));
  return {
    axis,
    notes: [
      ...(outside > 0 ? [`${plural(outside, 'outlier')} not shown`] : []),
      ...(infinite.length > 0 ? [`${plural(infinite.length, 'infinite value')} not shown`] : []),
      ...(unplaced > 0 ? [`${plural(unplaced, 'value')} at or below 0 not shown on a log axis`] : []),
    ],
  };
}
