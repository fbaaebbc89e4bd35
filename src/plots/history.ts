import { compareValues } from '../core/objective-order.js';
import type { Direction } from '../core/trial.js';
import type { ConfigurationResult } from '../results/configurations.js';
import { emptyFigure, nothingComplete } from './empty.js';
import type { Axis, Figure, LegendEntry, Mark } from './figure.js';
import { limitedAxis } from './limited-axis.js';
import { countText } from './number-text.js';
import type { PlotInput, PlotSettings } from './plot.js';
import { makePosition, valueAxis } from './scale.js';
import { infeasibleTrials, missingNotes } from './states.js';
import { targetLabel, targetValues } from './target.js';
import { thin } from './thin.js';

/** More intervals hide the points. */
const MOST_INTERVALS = 100;

/** Values over the trials in order of number, and the best so far. */
export function drawHistory(input: PlotInput, settings: PlotSettings): Figure {
  const { results, target } = input;
  const title = `History of ${target.name}`;
  const values = targetValues(input);
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  if (rows.length === 0) return emptyFigure('history', title, nothingComplete(results));
  const x = valueAxis({
    label: 'trial',
    scale: 'linear',
    extent: [0, values.length - 1],
    isWhole: true,
    absent: null,
    isTight: false,
  });
  const { axis: y, notes } = limitedAxis({
    label: targetLabel(target),
    values,
    direction: target.direction,
    isLog: settings.isLogY,
    showsOutliers: settings.showsOutliers,
    isTight: false,
  });
  const configurations = results.configurations.all();
  const infeasible = infeasibleTrials(results);
  // In a race only some configurations have more than one trial.
  const isRepeated =
    results.study.spec.repeats > 1 || configurations.some(({ trialCount }) => trialCount > 1);
  const points = (isKept: (row: number) => boolean) => pointsOf(rows.filter(isKept), values, x, y);
  const kept = points((row) => !infeasible.has(row));
  const broken = points((row) => infeasible.has(row));
  const repeats = target.objective === null ? [] : repeatsOf(configurations, target.objective);
  const shown = [...repeats].sort((a, b) => compareValues(a.mean, b.mean, target.direction ?? 'minimize'));
  const intervals = shown.slice(0, MOST_INTERVALS);
  const best =
    target.objective === null || target.direction === null
      ? null
      : isRepeated
        ? bestOfMeans(configurations, target.objective, target.direction, results.study.spec.repeats)
        : bestLine(results.histories[target.objective]?.best() ?? new Float64Array());
  const marks: Mark[] = [
    { mark: 'points', tone: 'main', shape: 'dot', ...kept },
    { mark: 'points', tone: 'infeasible', shape: 'cross', ...broken },
    {
      mark: 'intervals',
      tone: 'muted',
      x: intervals.map(({ trial }) => trial),
      low: intervals.map(({ mean, std }) => mean - std),
      high: intervals.map(({ mean, std }) => mean + std),
    },
    ...(best
      ? [
          {
            mark: 'line',
            tone: 'best',
            isStep: true,
            isThick: true,
            ...extend(best, values.length - 1),
          } as const,
        ]
      : []),
  ];
  const thinned = rows.length - kept.x.length - broken.x.length;
  const legend: LegendEntry[] = [
    { tone: 'main', symbol: 'dot', label: 'trial' },
    ...(broken.x.length > 0
      ? [{ tone: 'infeasible', symbol: 'cross', label: 'infeasible (breaks a limit)' } as const]
      : []),
    ...(intervals.length > 0
      ? [{ tone: 'muted', symbol: 'interval', label: 'mean of repeats ± deviation' } as const]
      : []),
    ...(best
      ? [{ tone: 'best', symbol: 'line', label: isRepeated ? 'best mean so far' : 'best so far' } as const]
      : []),
  ];
  return {
    kind: 'history',
    title,
    panels: [{ type: 'cartesian', title: null, x, y, marks }],
    legend,
    notes: [
      ...notes,
      ...missingNotes(results),
      ...(thinned > 0 && rows.length > 5000
        ? [
            `${countText(kept.x.length + broken.x.length)} of ${countText(rows.length)} points drawn: the others lie on them`,
          ]
        : []),
      ...(repeats.length > intervals.length
        ? [`deviations of the ${MOST_INTERVALS} best of ${countText(repeats.length)} configurations`]
        : []),
    ],
  };
}

function pointsOf(rows: readonly number[], values: Float64Array, x: Axis, y: Axis) {
  const [atX, atY] = [makePosition(x), makePosition(y)];
  const drawn = thin(rows, atX, (row) => atY(values[row] as number));
  return { x: drawn, y: drawn.map((row) => values[row] as number) };
}

type Repeats = { readonly trial: number; readonly mean: number; readonly std: number };

/** Configurations with a deviation, at their last trial. */
function repeatsOf(configurations: readonly ConfigurationResult[], k: number): Repeats[] {
  return configurations.flatMap(({ state, values, std, trials }) => {
    const [mean, deviation] = [values?.[k], std?.[k]];
    if (state === 'pruned' || mean === undefined || deviation === undefined) return [];
    return [{ trial: lastTrial(trials), mean, std: deviation }];
  });
}

function lastTrial(trials: readonly { readonly number: number }[]): number {
  return trials.reduce((last, { number }) => Math.max(last, number), 0);
}

type Line = { readonly x: readonly number[]; readonly y: readonly number[] };

/** The points where the best value changes. */
function bestLine(best: Float64Array): Line {
  const x: number[] = [];
  const y: number[] = [];
  for (const [trial, value] of best.entries())
    if (!Number.isNaN(value) && value !== y.at(-1)) {
      x.push(trial);
      y.push(value);
    }
  return { x, y };
}

/** The best mean of configurations with all their repeats: a single lucky seed does not count. */
function bestOfMeans(
  configurations: readonly ConfigurationResult[],
  k: number,
  direction: Direction,
  repeats: number,
): Line {
  const means = new Float64Array(
    configurations.reduce((most, { trials }) => Math.max(most, lastTrial(trials) + 1), 0),
  ).fill(Number.NaN);
  for (const { state, values, trialCount, trials, violations } of configurations) {
    const isWhole = state === 'complete' && trialCount >= repeats && violations.every((by) => by <= 0);
    if (isWhole && values) means[lastTrial(trials)] = values[k] as number;
  }
  let best = Number.NaN;
  return bestLine(
    means.map((mean) => {
      if (!Number.isNaN(mean) && (Number.isNaN(best) || compareValues(mean, best, direction) < 0))
        best = mean;
      return best;
    }),
  );
}

/** A line that keeps its last value to the last trial. */
function extend({ x, y }: Line, last: number): Line {
  const end = y.at(-1);
  return end === undefined || x.at(-1) === last ? { x, y } : { x: [...x, last], y: [...y, end] };
}
