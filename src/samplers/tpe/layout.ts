import type { Axis, LevelAxis } from './axis.js';

/** The axes of a group of parameters by kind. Columns are places in a point of the group. */
export type Layout = {
  readonly axes: readonly Axis[];
  /** Number of axes. */
  readonly width: number;
  readonly lines: readonly number[];
  readonly levels: readonly { readonly column: number; readonly axis: LevelAxis }[];
  /** The uniform density over lines is 1, the uniform mass over levels 1 / size each: the sum of the logs of the sizes. */
  readonly logLevels: number;
};

export function layoutOf(axes: readonly Axis[]): Layout {
  const levels = axes.flatMap((axis, column) => (axis.kind === 'level' ? [{ column, axis }] : []));
  return {
    axes,
    width: axes.length,
    lines: axes.flatMap((axis, column) => (axis.kind === 'line' ? column : [])),
    levels,
    logLevels: levels.reduce((sum, { axis }) => sum + Math.log(axis.size), 0),
  };
}
