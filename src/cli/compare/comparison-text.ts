import type { Params } from '../../core/distribution.js';
import { mean, standardDeviation } from '../../core/stats.js';
import { paramsText } from '../../loggers/event-messages.js';
import type { Comparison } from '../../results/comparison.js';
import { ENOUGH_PAIRS, type PairedComparison } from '../../results/paired-comparison.js';
import { shortNumber, shortValue, withDeviation } from '../table/format.js';
import { formatTable } from '../table/format-table.js';
import type { Cell, Column, Surface } from '../table/table.js';
import type { ConfigurationSide, ConfigurationsComparison } from './compare-configurations.js';
import type { StudiesComparison } from './compare-studies.js';

const BUDGETS = ['trials', 'epochs', 'hours'] as const;

/** A comparison of studies for people. */
export function studiesText({ sides, budgets, against }: StudiesComparison, surface: Surface): string {
  const metric = sides[0]?.study.spec.objectives[0]?.metric ?? 'objective';
  const found = sides.map(({ study, best, counts, epochs, hours }): Cell[] => [
    study.name,
    best === null ? '' : shortNumber(best.values[0] ?? Number.NaN),
    shortValue(best?.std?.[0]),
    best === null ? '' : String(best.trialCount),
    ...[counts.complete, counts.pruned, counts.fail, epochs].map(String),
    shortNumber(hours),
  ]);
  const titles = [
    'study',
    `best ${metric}`,
    'std',
    'n',
    'complete',
    'pruned',
    'fail',
    'epochs',
    'trial hours',
  ];
  const equal = sides.map(({ study, atBudget }): Cell[] => [
    study.name,
    ...BUDGETS.map((budget) => (budgets[budget] > 0 ? shortValue(atBudget[budget]) : '')),
  ]);
  const equalColumns = columns([
    'study',
    `${budgets.trials} trials`,
    `${budgets.epochs} epochs`,
    `${shortNumber(budgets.hours)} trial hours`,
  ]);
  return [
    formatTable(columns(titles), found, surface),
    `${surface.style('title', `best ${metric} after the same budget`)}\n${formatTable(equalColumns, equal, surface)}`,
    [...objectiveLines(sides), ...against.map(({ a, b, test }) => testText(a, b, test))].join('\n'),
  ].join('\n\n');
}

/** Studies of other metrics can be compared, but nobody should do it without knowing. */
function objectiveLines(sides: StudiesComparison['sides']): string[] {
  const named = sides.map(
    ({ study }) => [study.name, study.spec.objectives[0]?.metric ?? 'objective'] as const,
  );
  if (named.every(([, metric]) => metric === named[0]?.[1])) return [];
  return [
    `the objectives have different names: ${named.map(([study, metric]) => `${metric} of ${study}`).join(', ')}`,
  ];
}

function testText(
  a: string,
  b: string,
  { superiority, interval, pValue, a: ofA, b: ofB }: Comparison,
): string {
  if (superiority === null || interval === null || pValue === null)
    return `${b} against ${a}: too few complete trials to compare`;
  const rough = Math.min(ofA.count, ofB.count) < 10 ? '; rough, with fewer than 10 complete trials' : '';
  const share = (value: number) => `${Math.round(100 * value)} %`;
  return `a trial of ${b} is better than one of ${a} in ${share(superiority)} of pairs (95 %: ${share(interval[0])} to ${share(interval[1])}; ${pText(pValue)}, Mann-Whitney${rough})`;
}

/** A comparison of two configurations for people. */
export function configurationsText(
  { study, a, b, objectives }: ConfigurationsComparison,
  surface: Surface,
): string {
  const names = [...new Set([...Object.keys(a.params), ...Object.keys(b.params)])];
  const differing = names.filter((name) => a.params[name] !== b.params[name]);
  const sides = [a, b].map((side): Cell[] => [
    label(side),
    valuesText(side),
    side.feasible ? '' : { text: 'infeasible', tone: 'bad' },
    String(side.values.length),
    side.trials.join(','),
    ...differing.map((name) => paramCell(side.params, name)),
  ]);
  const titles = [
    'configuration',
    study.spec.objectives[0]?.metric ?? 'objective',
    'limits',
    'n',
    'trials',
    ...differing,
  ];
  const same = Object.fromEntries(
    names.filter((name) => !differing.includes(name)).map((name) => [name, a.params[name] ?? null]),
  );
  return [
    formatTable(columns(titles), sides, surface),
    ...(Object.keys(same).length === 0 ? [] : [`the same in both: ${paramsText(same)}`]),
    ...objectives.map(({ metric, paired }) => pairedText(metric, paired, label(a), label(b))),
  ].join('\n');
}

/** A null that a parameter has is a value; an empty cell is a parameter that is not active. */
function paramCell(params: Params, name: string): string {
  if (!Object.hasOwn(params, name)) return '';
  return params[name] === null ? 'null' : shortValue(params[name]);
}

function label({ configuration, trials }: ConfigurationSide): string {
  return configuration === null ? `of trial ${trials[0]}` : String(configuration);
}

function valuesText({ values }: ConfigurationSide): string {
  const all = values.map(({ value }) => value);
  return all.length === 0 ? '' : withDeviation(mean(all), standardDeviation(all));
}

function pairedText(metric: string, paired: PairedComparison, a: string, b: string): string {
  const { pairs, difference, interval, pValue, isTooFew } = paired;
  const few = `too few to tell: ${pairs.length === 0 ? 'no seed' : `${pairs.length} seed${pairs.length === 1 ? '' : 's'}`} ran with both (at least ${ENOUGH_PAIRS}; repeats: N in the sweep file runs more)`;
  if (difference === null) return `${metric}: ${few}`;
  const what = `${metric} of ${b} minus that of ${a}: ${shortNumber(difference)}`;
  if (interval === null || pValue === null) return `${what}; ${few}`;
  const range = `95 %: ${shortNumber(interval[0])} to ${shortNumber(interval[1])}`;
  const test = `${pText(pValue)}, paired t over ${pairs.length} seeds`;
  return `${what} (${range}; ${test})${isTooFew ? `; ${few}` : ''}`;
}

function pText(pValue: number): string {
  return pValue < 0.0001 ? 'p < 0.0001' : `p = ${shortNumber(Number(pValue.toPrecision(2)))}`;
}

function columns(titles: readonly string[]): Column[] {
  return titles.map((title, k) => ({ title, priority: 100 - k, leastWidth: 10, isKept: k < 2 }));
}
