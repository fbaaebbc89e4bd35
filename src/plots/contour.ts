import { importanceFor } from '../results/importance.js';
import type { ResultsModel } from '../results/results-model.js';
import { type Grid, gridOf } from './contour-grid.js';
import { emptyFigure, nothingComplete } from './empty.js';
import type { Axis, Figure, LegendEntry, Mark } from './figure.js';
import { limitedAxis } from './limited-axis.js';
import { countText, numberText } from './number-text.js';
import { SHADES } from './palette.js';
import { absentNotes, type ParameterAxis, parameterAxes } from './parameter-axis.js';
import type { PlotInput, PlotSettings } from './plot.js';
import { makePosition, makeValue } from './scale.js';
import { infeasibleTrials, missingNotes } from './states.js';
import { targetLabel, targetValues } from './target.js';
import { evenly } from './thin.js';
import { topTrials } from './top.js';

/** More points hide what is under them. */
const POINTS = 120;

/** The value over two parameters: shades of the mean of the trials nearby, and the trials as points. */
export function drawContour(input: PlotInput, settings: PlotSettings): Figure {
  const { results, target } = input;
  const title = `${target.name} over two parameters`;
  const values = targetValues(input);
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (rows.length === 0) return emptyFigure('contour', title, nothingComplete(results));
  const axes = parameterAxes(results, { rows, isTight: false });
  const chosen = twoOf(results, axes, { names: settings.parameters, objective: target.objective ?? 0 });
  if (chosen === null) return emptyFigure('contour', title, 'the study has fewer than two parameters');
  const [x, y] = chosen;
  const { axis, notes } = limitedAxis({
    label: targetLabel(target),
    values,
    direction: target.direction,
    isLog: settings.isLogY,
    showsOutliers: settings.showsOutliers,
    isTight: true,
  });
  const place = makePosition(axis);
  const [atX, atY] = [makePosition(x.axis), makePosition(y.axis)];
  const grid = gridOf({
    x: x.axis,
    y: y.axis,
    points: rows
      .filter((row) => !Number.isNaN(x.valueAt(row) + y.valueAt(row) + place(values[row] as number)))
      .map((row) => ({
        x: atX(x.valueAt(row)),
        y: atY(y.valueAt(row)),
        value: place(values[row] as number),
      })),
  });
  const infeasible = infeasibleTrials(results);
  const top = topTrials(input, values, { top: settings.top, infeasible }).flat();
  const isTop = new Set(top);
  const others = rows.filter((row) => !isTop.has(row));
  const drawn = evenly(others, POINTS);
  const pointsOf = (of: readonly number[]) => ({ x: of.map(x.valueAt), y: of.map(y.valueAt) });
  const isBroken = (row: number) => infeasible.has(row);
  const isBestHigh = target.direction === 'maximize';
  return {
    kind: 'contour',
    title: `${target.name} over ${x.axis.label} and ${y.axis.label}`,
    panels: [
      {
        type: 'cartesian',
        title: null,
        x: x.axis,
        y: y.axis,
        marks: [
          ...boxMarks(grid, isBestHigh),
          {
            mark: 'points',
            tone: 'muted',
            shape: 'dot',
            ...pointsOf(drawn.filter((row) => !isBroken(row))),
          },
          { mark: 'points', tone: 'infeasible', shape: 'cross', ...pointsOf(drawn.filter(isBroken)) },
          { mark: 'points', tone: 'best', shape: 'large-dot', ...pointsOf(top) },
        ],
      },
    ],
    legend: [
      ...shadeLegend(grid, axis, { name: target.name, isBestHigh }),
      { tone: 'muted', symbol: 'dot', label: 'trial' },
      ...(drawn.some(isBroken)
        ? [{ tone: 'infeasible', symbol: 'cross', label: 'infeasible (breaks a limit)' } as const]
        : []),
      ...(top.length > 0
        ? [{ tone: 'best', symbol: 'dot', label: `the best ${Math.min(settings.top, top.length)}` } as const]
        : []),
    ],
    notes: [
      ...notes,
      ...missingNotes(results),
      ...absentNotes([x], rows, 'at the left edge, and not in the shades'),
      ...absentNotes([y], rows, 'at the lower end, and not in the shades'),
      ...(drawn.length < others.length
        ? [
            `${countText(drawn.length)} of ${countText(others.length)} other trials as points; shades from all`,
          ]
        : []),
    ],
  };
}

/** The axes of two parameters: the named ones, else the two that matter most; null where there are not two. */
function twoOf(
  results: ResultsModel,
  axes: readonly ParameterAxis[],
  { names, objective }: { readonly names: readonly string[]; readonly objective: number },
): readonly [ParameterAxis, ParameterAxis] | null {
  const byImportance = () => (importanceFor(results, objective)?.parameters ?? []).map(({ name }) => name);
  const wanted = names.length > 0 ? names : axes.length > 2 ? byImportance() : [];
  const order = new Map(wanted.map((name, k) => [name, k]));
  const rank = ({ axis }: ParameterAxis) => order.get(axis.label) ?? wanted.length;
  const [x, y] = axes.toSorted((a, b) => rank(a) - rank(b));
  return x && y ? [x, y] : null;
}

/** From 0, the best, to 1, the worst of the means. */
function partOf(value: number, { low, high }: Grid, isBestHigh: boolean): number {
  const part = high > low ? (value - low) / (high - low) : 0.5;
  return isBestHigh ? 1 - part : part;
}

function boxMarks(grid: Grid, isBestHigh: boolean): Mark[] {
  const shadeOf = (value: number) =>
    Math.min(SHADES - 1, Math.floor(partOf(value, grid, isBestHigh) * SHADES));
  return Array.from({ length: SHADES }, (_, shade): Mark => {
    const cells = grid.cells.filter(({ value }) => shadeOf(value) === shade);
    return {
      mark: 'boxes',
      tone: `shade-${shade as 0}`,
      left: cells.map(({ left }) => left),
      right: cells.map(({ right }) => right),
      bottom: cells.map(({ bottom }) => bottom),
      top: cells.map(({ top }) => top),
    };
  });
}

function shadeLegend(
  grid: Grid,
  axis: Axis,
  { name, isBestHigh }: { readonly name: string; readonly isBestHigh: boolean },
): LegendEntry[] {
  if (grid.cells.length === 0) return [];
  const toValue = makeValue(axis);
  const text = (place: number) => numberText(toValue(place), 3);
  const [best, worst] = isBestHigh ? [grid.high, grid.low] : [grid.low, grid.high];
  return [
    { tone: 'shade-0', symbol: 'box', label: `${name} ${text(best)}` },
    { tone: 'shade-3', symbol: 'box', label: text(best + ((worst - best) * 3.5) / SHADES) },
    { tone: 'shade-7', symbol: 'box', label: text(worst) },
  ];
}
