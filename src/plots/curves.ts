import { percentile } from '../core/stats.js';
import type { Curve } from '../results/curves.js';
import type { RankedConfiguration } from '../results/results-model.js';
import { emptyFigure } from './empty.js';
import type { Axis, Figure, LegendEntry, Mark } from './figure.js';
import { limitedAxis } from './limited-axis.js';
import { countText, numberText, plural } from './number-text.js';
import { seriesTone } from './palette.js';
import type { PlotInput, PlotSettings } from './plot.js';
import { extentOf, valueAxis } from './scale.js';
import { hiddenNotes } from './states.js';
import { targetLabel } from './target.js';
import { evenly } from './thin.js';

/** Up to so many other trials are drawn as lines, more as bands; fewer beside one trial alone, which would be hidden. */
const FEW = 40;
const FEW_BESIDE_ONE = 5;
/** More trials change the bands no further. */
const FIELD = 2000;
/** Steps at which the bands are computed. */
const STEPS = 120;
/** Points of one line. */
const POINTS = 400;

/** Trials whose curves stand out, and what the legend says of them. */
type Front = { readonly trials: readonly number[]; readonly label: string };

/** Learning curves of the best configurations before those of all others. */
export function drawCurves(input: PlotInput, settings: PlotSettings): Figure {
  const { objective } = input.target;
  const front = input.results
    .best(settings.top)
    .map((each) => ({ trials: each.trials, label: bestLabel(each, objective) }));
  return drawFront(input, { ...settings, few: FEW }, front);
}

/** The learning curve of one trial before those of all others; null where it reported fewer than two steps. */
export function drawTrialCurve(input: PlotInput, trial: number): Figure | null {
  const curve = input.curveOf(trial);
  if (curve === null || curve.values.filter(Number.isFinite).length < 2) return null;
  const settings = { isLogY: false, showsOutliers: false, few: FEW_BESIDE_ONE };
  return drawFront(input, settings, [{ trials: [trial], label: `trial ${trial}` }]);
}

function drawFront(
  { results, target, curveOf }: PlotInput,
  settings: Pick<PlotSettings, 'isLogY' | 'showsOutliers'> & { readonly few: number },
  best: readonly Front[],
): Figure {
  const title = `Learning curves of ${target.name}`;
  const reported = [...Array(results.trialCount).keys()].filter(
    (trial) => results.table.hidden.get(trial) === 0 && curveOf(trial) !== null,
  );
  if (reported.length === 0)
    return emptyFigure('curves', title, `no trial has reported ${target.name} with a step yet`);
  const front = new Set(best.flatMap(({ trials }) => trials));
  const others = evenly(
    reported.filter((trial) => !front.has(trial)),
    FIELD,
  );
  const read = (trial: number) => shorten(curveOf(trial) as Curve);
  const field = others.map((trial) => ({ trial, curve: read(trial) }));
  const lines = best.flatMap(({ trials }, rank) =>
    trials
      .filter((trial) => results.table.hidden.get(trial) === 0 && curveOf(trial) !== null)
      .map((trial) => ({ rank, curve: read(trial) })),
  );
  const isBand = field.length > settings.few;
  const bands = isBand ? bandsOf(field.map(({ curve }) => curve)) : null;
  const steps = [...field, ...lines].flatMap(({ curve }) => [curve.steps[0] ?? 0, curve.steps.at(-1) ?? 0]);
  const x = valueAxis({
    label: 'step',
    scale: 'linear',
    extent: extentOf(steps, 'linear'),
    isWhole: steps.every(Number.isInteger),
    absent: null,
    isTight: false,
  });
  const drawn = [...lines, ...(isBand ? [] : field)].flatMap(({ curve }) => [...curve.values]);
  const { axis: y, notes } = limitedAxis({
    label: targetLabel(target),
    values: [...drawn, ...(bands ? [...bands.low, ...bands.high] : [])],
    direction: target.direction,
    isLog: settings.isLogY,
    showsOutliers: settings.showsOutliers,
    isTight: false,
  });
  const marks: Mark[] = [
    ...(bands
      ? bandMarks(bands)
      : field.map(({ trial, curve }) =>
          lineOf(curve, results.stateOf(trial) === 'pruned' ? 'pruned' : 'muted', false),
        )),
    ...lines.map(({ rank, curve }) => lineOf(curve, seriesTone(rank), true)).reverse(),
  ];
  return {
    kind: 'curves',
    title,
    panels: [{ type: 'cartesian', title: null, x: x as Axis, y, marks }],
    legend: legendOf(best, field, { results, isBand }),
    notes: [
      ...notes.map((note) => note.replace('outlier', isBand ? 'outlier' : 'value')),
      ...(others.length + front.size < reported.length
        ? [`bands from ${countText(others.length)} of ${plural(reported.length, 'trial')}`]
        : []),
      ...(isBand && results.counts().pruned > 0
        ? ['pruned trials count as long as they ran: later steps show those that were kept']
        : []),
      ...hiddenNotes(results),
    ],
  };
}

function bestLabel({ trials, values, feasible }: RankedConfiguration, objective: number | null): string {
  const value = objective === null ? '' : `: ${numberText(values[objective] as number)}`;
  const name = `trial${trials.length === 1 ? '' : 's'} ${trials.slice(0, 5).join(', ')}${trials.length > 5 ? ', …' : ''}`;
  return `${name}${value}${feasible ? '' : ' (infeasible)'}`;
}

function legendOf(
  front: readonly Front[],
  field: readonly { readonly trial: number }[],
  { results, isBand }: Pick<PlotInput, 'results'> & { readonly isBand: boolean },
): LegendEntry[] {
  const isPruned = ({ trial }: { trial: number }) => results.stateOf(trial) === 'pruned';
  const top = front.map(
    ({ label }, rank): LegendEntry => ({ tone: seriesTone(rank), symbol: 'line', label }),
  );
  if (field.length === 0) return top;
  if (isBand)
    return [
      ...top,
      { tone: 'muted', symbol: 'band', label: 'middle 50% and 90% of the others' },
      { tone: 'muted', symbol: 'line', label: 'their median' },
    ];
  return [
    ...top,
    { tone: 'muted', symbol: 'line', label: 'other trial' },
    ...(field.some(isPruned) ? [{ tone: 'pruned', symbol: 'line', label: 'pruned trial' } as const] : []),
  ];
}

function lineOf({ steps, values }: Curve, tone: LegendEntry['tone'], isThick: boolean): Mark {
  return { mark: 'line', tone, isStep: false, isThick, x: [...steps], y: [...values] };
}

/** A curve with at most `POINTS` points. */
function shorten(curve: Curve): Curve {
  if (curve.steps.length <= POINTS) return curve;
  const kept = evenly([...curve.steps.keys()], POINTS);
  return {
    steps: Float64Array.from(kept, (k) => curve.steps[k] as number),
    values: Float64Array.from(kept, (k) => curve.values[k] as number),
  };
}

type Bands = Record<'steps' | 'low' | 'lowHalf' | 'middle' | 'highHalf' | 'high', number[]>;

/** Percentiles of the curves at each step, or in each of `STEPS` ranges of steps. */
function bandsOf(field: readonly Curve[]): Bands {
  const [first, last] = extentOf(
    field.flatMap(({ steps }) => [steps[0] as number, steps.at(-1) as number]),
    'linear',
  );
  const width = Math.max(1, (last - first) / STEPS);
  const cells = new Map<number, number[]>();
  for (const { steps, values } of field)
    for (const [k, step] of steps.entries()) {
      const cell = Math.round((step - first) / width);
      const value = values[k] as number;
      if (!Number.isFinite(value)) continue;
      const known = cells.get(cell);
      if (known) known.push(value);
      else cells.set(cell, [value]);
    }
  const ordered = [...cells].sort(([a], [b]) => a - b);
  const at = (percent: number) => ordered.map(([, values]) => percentile(values, percent));
  return {
    steps: ordered.map(([cell]) => first + cell * width),
    low: at(5),
    lowHalf: at(25),
    middle: at(50),
    highHalf: at(75),
    high: at(95),
  };
}

function bandMarks({ steps, low, lowHalf, middle, highHalf, high }: Bands): Mark[] {
  return [
    { mark: 'band', tone: 'muted', isStrong: false, x: steps, low, high },
    { mark: 'band', tone: 'muted', isStrong: true, x: steps, low: lowHalf, high: highHalf },
    { mark: 'line', tone: 'muted', isStep: false, isThick: false, x: steps, y: middle },
  ];
}
