import { noneFeasible, type RankedConfiguration } from '../../results/results-model.js';
import type { ReadableStudy } from '../studies.js';
import { shortNumber, shortValue } from '../table/format.js';
import type { Cell, Column } from '../table/table.js';

/** A column of a table of configurations. */
type RankColumn = Column & { readonly cell: (config: RankedConfiguration) => Cell };

type Ranking = { readonly columns: readonly Column[]; readonly rows: readonly (readonly Cell[])[] };

/**
 * Returns a table of configurations: what they reached, how sure that is, and a column for each parameter. `knee`: the one of a front
 * that is named so.
 */
export function rankingTable(
  configs: readonly RankedConfiguration[],
  metrics: readonly string[],
  knee: RankedConfiguration | null = null,
): Ranking {
  const several = metrics.length > 1;
  const columns: RankColumn[] = [
    ...metrics.map((metric, k) =>
      column(metric, 95 - k / 100, ({ values }) => numberCell(values[k]), { isKept: true }),
    ),
    ...metrics.map((metric, k) =>
      column(several ? `std ${metric}` : 'std', 60 - k / 100, ({ std }) => numberCell(std?.[k])),
    ),
    column('limits', 85, ({ feasible }) => (feasible ? '' : { text: 'infeasible', tone: 'bad' })),
    column('point', 84, (config) => (config === knee ? 'knee' : ''), { leastWidth: 4 }),
    column('n', 58, ({ trialCount }) => String(trialCount), { isKept: true }),
    column('trials', 90, ({ trials }) => trials.join(','), { isKept: true, leastWidth: 6 }),
    ...parameterNames(configs).map((name, k) =>
      column(name, 80 - k / 1e6, ({ params }) => parameterCell(params, name), { leastWidth: 8 }),
    ),
  ];
  return { columns, rows: configs.map((config) => columns.map(({ cell }) => cell(config))) };
}

/** Returns the line before a ranking in which no configuration keeps the limits; null where one does. */
export function limitsLine({ spec }: ReadableStudy, configs: readonly RankedConfiguration[]): string | null {
  return configs.some(({ feasible }) => feasible) ? null : noneFeasible(spec.metricConstraints);
}

function column(
  title: string,
  priority: number,
  cell: RankColumn['cell'],
  more: Partial<Column> = {},
): RankColumn {
  return { title, priority, cell, leastWidth: null, isKept: false, ...more };
}

const numberCell = (value: number | undefined): string => (value === undefined ? '' : shortNumber(value));

/** A null that a parameter has is a value; an empty cell is a parameter that is not active. */
function parameterCell(params: RankedConfiguration['params'], name: string): string {
  if (!Object.hasOwn(params, name)) return '';
  return params[name] === null ? 'null' : shortValue(params[name]);
}

/** In the order in which the configurations bring them: each has its own in the order of the space. */
function parameterNames(configs: readonly RankedConfiguration[]): string[] {
  return [...new Set(configs.flatMap(({ params }) => Object.keys(params)))];
}
