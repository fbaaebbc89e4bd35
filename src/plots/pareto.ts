import { isFeasible } from '../core/metric-constraints.js';
import type { ConfigurationResult } from '../results/configurations.js';
import { hasResult } from '../results/ranking.js';
import { rulesOf } from '../results/results-model.js';
import { emptyFigure, nothingComplete } from './empty.js';
import type { CartesianPanel, Figure, Mark } from './figure.js';
import { limitedAxis } from './limited-axis.js';
import { plural } from './number-text.js';
import type { PlotInput, PlotSettings } from './plot.js';
import { makePosition } from './scale.js';
import { missingNotes } from './states.js';
import { targetLabel } from './target.js';
import { thin } from './thin.js';

/** Pairs of so many objectives fit a page. */
const MOST_OBJECTIVES = 4;

type Pair = readonly [number, number];

/** Two objectives against each other; of three and more, each pair. */
export function drawPareto({ results }: PlotInput, settings: PlotSettings): Figure {
  const objectives = results.study.spec.objectives.slice(0, MOST_OBJECTIVES);
  const title = `Pareto front of ${objectives.map(({ metric }) => metric).join(', ')}`;
  const { directions } = rulesOf(results.study);
  const complete = results.configurations
    .all()
    .filter((config) => hasResult(config, directions) && config.values?.every(Number.isFinite))
    .filter(({ trials }) => trials.some(({ number }) => results.table.hidden.get(number) === 0));
  if (complete.length === 0) return emptyFigure('pareto', title, nothingComplete(results));
  const onFront = new Set(results.front().map(({ trials }) => trials[0]));
  const isOnFront = ({ trials }: ConfigurationResult) => onFront.has(trials[0]?.number);
  const groups: Groups = {
    dominated: complete.filter((config) => isFeasible(config.violations) && !isOnFront(config)),
    broken: complete.filter(({ violations }) => !isFeasible(violations)),
    front: complete.filter(isOnFront),
  };
  const notes = new Set<string>();
  const axes = objectives.map(({ metric, direction }, k) => {
    const limited = limitedAxis({
      label: targetLabel({ name: metric, direction, objective: k }),
      values: complete.map(({ values }) => values?.[k] as number),
      direction,
      isLog: settings.isLogY && k > 0,
      // The front may lie where other values are far: its ends are the best of one objective and poor in another.
      showsOutliers: settings.showsOutliers,
      isTight: false,
    });
    for (const note of limited.notes) notes.add(`${note} (${metric})`);
    return limited.axis;
  });
  const pairs: Pair[] = objectives.flatMap((_, b) => objectives.slice(0, b).map((_, a): Pair => [a, b]));
  const panels = pairs.map(([a, b]): CartesianPanel => {
    const [x, y] = [axes[a] as CartesianPanel['x'], axes[b] as CartesianPanel['y']];
    return {
      type: 'cartesian',
      title: null,
      x,
      y,
      marks: marksOf(groups, [a, b], { x, y, isLine: pairs.length === 1 }),
    };
  });
  const more = results.study.spec.objectives.length - objectives.length;
  return {
    kind: 'pareto',
    title,
    panels,
    legend: [
      ...(groups.dominated.length > 0
        ? [{ tone: 'muted', symbol: 'dot', label: 'dominated configuration' } as const]
        : []),
      ...(groups.broken.length > 0
        ? [{ tone: 'infeasible', symbol: 'cross', label: 'infeasible (breaks a limit)' } as const]
        : []),
      { tone: 'best', symbol: 'dot', label: `Pareto front (${groups.front.length})` },
    ],
    notes: [
      ...notes,
      ...(more > 0 ? [`${plural(more, 'more objective')} not shown`] : []),
      ...missingNotes(results),
    ],
  };
}

type Groups = Record<'dominated' | 'broken' | 'front', readonly ConfigurationResult[]>;
type Drawing = Pick<CartesianPanel, 'x' | 'y'> & { readonly isLine: boolean };

function marksOf({ dominated, broken, front }: Groups, [a, b]: Pair, { x, y, isLine }: Drawing): Mark[] {
  const [atX, atY] = [makePosition(x), makePosition(y)];
  const pointsOf = (configs: readonly ConfigurationResult[]) => {
    const value = (row: number, k: number) => configs[row]?.values?.[k] as number;
    const rows = thin(
      [...configs.keys()],
      (row) => atX(value(row, a)),
      (row) => atY(value(row, b)),
    );
    return { x: rows.map((row) => value(row, a)), y: rows.map((row) => value(row, b)) };
  };
  const line = front
    .map(({ values }) => [values?.[a] as number, values?.[b] as number] as const)
    .sort(([p], [q]) => p - q);
  return [
    { mark: 'points', tone: 'muted', shape: 'dot', ...pointsOf(dominated) },
    { mark: 'points', tone: 'infeasible', shape: 'cross', ...pointsOf(broken) },
    ...(isLine
      ? [
          {
            mark: 'line',
            tone: 'best',
            isStep: false,
            isThick: false,
            x: line.map(([p]) => p),
            y: line.map(([, q]) => q),
          } as const,
        ]
      : []),
    { mark: 'points', tone: 'best', shape: 'large-dot', ...pointsOf(front) },
  ];
}
