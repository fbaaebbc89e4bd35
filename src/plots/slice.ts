import { emptyFigure, nothingComplete } from './empty.js';
import type { Axis, CartesianPanel, Figure, Mark } from './figure.js';
import { limitedAxis } from './limited-axis.js';
import { countText } from './number-text.js';
import { absentNotes, type ParameterAxis, parameterAxes } from './parameter-axis.js';
import type { PlotInput, PlotSettings } from './plot.js';
import { makePosition } from './scale.js';
import { infeasibleTrials, missingNotes } from './states.js';
import { targetLabel, targetValues } from './target.js';
import { thin } from './thin.js';
import { topTrials } from './top.js';

/** More panels are too small, or too many pages. */
const MOST_PANELS = 24;

/** Choices without a result that are named for one parameter. */
const MOST_EMPTY = 4;

/** A panel for each parameter: the value of each trial over the parameter. */
export function drawSlice(input: PlotInput, settings: PlotSettings): Figure {
  const { results, target } = input;
  const title = `${target.name} by parameter`;
  const values = targetValues(input);
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (rows.length === 0) return emptyFigure('slice', title, nothingComplete(results));
  const axes = parameterAxes(results, { rows, isTight: false });
  if (axes.length === 0) return emptyFigure('slice', title, 'the study has no parameters');
  const { axis: y, notes } = limitedAxis({
    label: targetLabel(target),
    values,
    direction: target.direction,
    isLog: settings.isLogY,
    showsOutliers: settings.showsOutliers,
    isTight: false,
  });
  const infeasible = infeasibleTrials(results);
  const top = new Set(topTrials(input, values, { top: settings.top, infeasible }).flat());
  const groups = {
    kept: rows.filter((row) => !infeasible.has(row) && !top.has(row)),
    broken: rows.filter((row) => infeasible.has(row) && !top.has(row)),
    top: rows.filter((row) => top.has(row)),
  };
  const shown = axes.slice(0, MOST_PANELS);
  return {
    kind: 'slice',
    title,
    panels: shown.map((parameter) => panelOf(parameter, y, values, groups)),
    legend: [
      { tone: 'main', symbol: 'dot', label: 'trial' },
      ...(groups.broken.length > 0
        ? [{ tone: 'infeasible', symbol: 'cross', label: 'infeasible (breaks a limit)' } as const]
        : []),
      ...(top.size > 0
        ? [{ tone: 'best', symbol: 'dot', label: `the best ${Math.min(settings.top, top.size)}` } as const]
        : []),
    ],
    notes: [
      ...notes,
      ...missingNotes(results),
      ...emptyNotes(shown, rows, results.trialCount),
      ...absentNotes(shown, rows, 'at the left edge'),
      ...(axes.length > shown.length
        ? [`the first ${shown.length} of ${countText(axes.length)} parameters`]
        : []),
      ...(rows.length > 5000
        ? [`${countText(rows.length)} trials; of points that lie on one another one is drawn`]
        : []),
    ],
  };
}

/** Returns a note for each choice that was tried and of which no trial is seen: it looks as if nobody had tried it. */
function emptyNotes(axes: readonly ParameterAxis[], rows: readonly number[], trials: number): string[] {
  return axes.flatMap(({ axis, valueAt }) => {
    if (axis.scale !== 'category') return [];
    const seen = new Set(rows.map(valueAt));
    const tried = axis.categories.map(() => 0);
    for (let trial = 0; trial < trials; trial++) {
      const place = valueAt(trial);
      if (place in tried) tried[place] = (tried[place] as number) + 1;
    }
    return axis.categories
      .flatMap((label, place) =>
        seen.has(place) || tried[place] === 0
          ? []
          : [`no result of the ${countText(tried[place] as number)} trials with ${axis.label} ${label}`],
      )
      .slice(0, MOST_EMPTY);
  });
}

type Groups = Record<'kept' | 'broken' | 'top', readonly number[]>;

function panelOf(
  { axis, valueAt }: ParameterAxis,
  y: Axis,
  values: Float64Array,
  groups: Groups,
): CartesianPanel {
  // Over a category points are spread, so that they do not all lie on one line.
  const spread = (row: number) => (axis.scale === 'category' ? ((row * 0.618034) % 1) * 0.5 - 0.25 : 0);
  const xOf = (row: number) => valueAt(row) + spread(row);
  const [atX, atY] = [makePosition(axis), makePosition(y)];
  const pointsOf = (rows: readonly number[]) => {
    const drawn = thin(
      rows,
      (row) => atX(xOf(row)),
      (row) => atY(values[row] as number),
    );
    return { x: drawn.map(xOf), y: drawn.map((row) => values[row] as number) };
  };
  const marks: Mark[] = [
    { mark: 'points', tone: 'main', shape: 'dot', ...pointsOf(groups.kept) },
    { mark: 'points', tone: 'infeasible', shape: 'cross', ...pointsOf(groups.broken) },
    { mark: 'points', tone: 'best', shape: 'large-dot', ...pointsOf(groups.top) },
  ];
  return { type: 'cartesian', title: null, x: axis, y, marks };
}
