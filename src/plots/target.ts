import type { ResultsModel } from '../results/results-model.js';
import type { PlotInput, Target } from './plot.js';

/** Returns the metrics that can be plotted: the objectives, then what else trials reported. */
export function targetsOf({ study, table }: ResultsModel): Target[] {
  const objectives = study.spec.objectives.map(
    ({ metric, direction }, objective): Target => ({ name: metric, objective, direction }),
  );
  const names = new Set(objectives.map(({ name }) => name));
  const others = [...table.metrics.keys()].filter((name) => !names.has(name)).sort();
  return [...objectives, ...others.map((name): Target => ({ name, objective: null, direction: null }))];
}

/** The value of the target of each complete trial that is not hidden, by number; NaN for other trials. */
export function targetValues({
  results: { table },
  target,
}: Pick<PlotInput, 'results' | 'target'>): Float64Array {
  const column =
    target.objective === null ? table.metrics.get(target.name)?.values : table.objectives[target.objective];
  return Float64Array.from({ length: table.length }, (_, row) =>
    table.stateOf(row) === 'complete' && table.hidden.get(row) === 0 && column ? column.get(row) : Number.NaN,
  );
}

/** The text of an axis of the target: `loss (lower is better)`. */
export function targetLabel({ name, direction }: Target): string {
  if (direction === null) return name;
  return `${name} (${direction === 'maximize' ? 'higher' : 'lower'} is better)`;
}
