import { compareValues } from '../core/objective-order.js';
import { emptyFigure, nothingComplete } from './empty.js';
import type { Figure, ParallelPanel } from './figure.js';
import { limitedAxis } from './limited-axis.js';
import { countText } from './number-text.js';
import { shadeTone } from './palette.js';
import { absentNotes, parameterAxes } from './parameter-axis.js';
import type { PlotInput, PlotSettings } from './plot.js';
import { makePosition } from './scale.js';
import { infeasibleTrials, missingNotes } from './states.js';
import { targetValues } from './target.js';
import { evenly } from './thin.js';
import { topTrials } from './top.js';

/** More lines are one blot. */
const LINES = 300;

/** Parallel coordinates: an axis for each parameter and the objective, a line for each trial. */
export function drawParallel(input: PlotInput, settings: PlotSettings): Figure {
  const { results, target } = input;
  const title = `Parameters and ${target.name}`;
  const values = targetValues(input);
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (rows.length === 0) return emptyFigure('parallel', title, nothingComplete(results));
  const parameters = parameterAxes(results, { rows, isTight: true });
  if (parameters.length === 0) return emptyFigure('parallel', title, 'the study has no parameters');
  const { axis, notes } = limitedAxis({
    label: target.name,
    values,
    direction: target.direction,
    isLog: settings.isLogY,
    showsOutliers: settings.showsOutliers,
    isTight: true,
  });
  const infeasible = infeasibleTrials(results);
  const top = topTrials(input, values, { top: settings.top, infeasible });
  const isTop = new Set(top.flat());
  const place = makePosition(axis);
  const direction = target.direction ?? 'minimize';
  const ordered = rows
    .filter((row) => !Number.isNaN(place(values[row] as number)))
    .sort((a, b) => compareValues(values[a] as number, values[b] as number, direction));
  const ranks = new Map(ordered.map((row, rank) => [row, rank]));
  const field = evenly(
    ordered.filter((row) => !isTop.has(row)),
    LINES,
  );
  const lineOf = (row: number) => [...parameters.map(({ valueAt }) => valueAt(row)), values[row] as number];
  const panel: ParallelPanel = {
    type: 'parallel',
    axes: [...parameters.map((each) => each.axis), axis],
    lines: [
      // The worst first, so that better ones lie over them.
      ...field.toReversed().map((row) => ({
        tone: infeasible.has(row)
          ? ('infeasible' as const)
          : shadeTone(ranks.get(row) as number, ordered.length),
        isThick: false,
        values: lineOf(row),
      })),
      ...top
        .flat()
        .reverse()
        .map((row) => ({ tone: 'best' as const, isThick: true, values: lineOf(row) })),
    ],
  };
  return {
    kind: 'parallel',
    title,
    panels: [panel],
    legend: [
      {
        tone: 'shade-0',
        symbol: 'line',
        label: `${direction === 'maximize' ? 'high' : 'low'} ${target.name}`,
      },
      { tone: 'shade-4', symbol: 'line', label: 'middle' },
      {
        tone: 'shade-7',
        symbol: 'line',
        label: `${direction === 'maximize' ? 'low' : 'high'} ${target.name}`,
      },
      ...(field.some((row) => infeasible.has(row))
        ? [{ tone: 'infeasible', symbol: 'line', label: 'infeasible' } as const]
        : []),
      ...(isTop.size > 0 ? [{ tone: 'best', symbol: 'line', label: `the best ${top.length}` } as const] : []),
    ],
    notes: [
      ...notes,
      ...missingNotes(results),
      ...(field.length + isTop.size < ordered.length
        ? [
            `${countText(field.length)} of ${countText(ordered.length)} lines, from the best to the worst, and the best ${top.length}`,
          ]
        : []),
      ...absentNotes(parameters, rows, 'at the lower end'),
    ],
  };
}
