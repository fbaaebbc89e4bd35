import type { ParamValue } from '../../core/distribution.js';
import type { GpuUse } from '../../core/gpu-use.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { paramText } from '../../core/param-text.js';
import { shownState } from '../../results/trial-table.js';
import type { TrialRow } from '../study-reader.js';
import type { Cell } from './format.js';

export type Columns = {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** Names of several objectives; a single one has the column `objective`, whatever its name. */
  readonly objectives?: readonly string[];
  /** Whether there are columns for GPU usage: it is known for some trial. */
  readonly gpus?: boolean;
  /** Whether there is a column that says which trials keep the limits of the study. */
  readonly constrained?: boolean;
  /** Whether there is a column for the trial whose checkpoint a trial continues. */
  readonly forked?: boolean;
};

const BEFORE = ['study', 'trial', 'configuration', 'attempt', 'state', 'seed', 'device'] as const;
const AFTER = ['epochs', 'duration_s', 'started_at', 'finished_at', 'exit_code', 'reason'] as const;
/** At the end, so that the other columns have the same positions with and without GPUs and limits. */
const GPUS = ['gpu_card_util', 'gpu_mem_mib'] as const;
const FEASIBLE = 'feasible';
const PARENT = 'parent';

/** Metric columns that a table of the built-in trainer begins with. */
export const BUILTIN_METRICS: readonly string[] = ['epoch_loss', 'epoch_accuracy'];

/** Returns the metric columns: the listed ones, otherwise those that are known before and all others that were reported. */
export function metricColumns(
  listed: readonly string[] | null,
  reported: readonly string[],
  known: readonly string[] = [],
): string[] {
  if (listed) return [...listed];
  return [...known, ...reported.filter((name) => !known.includes(name))];
}

/** Neither people nor spreadsheets can use more columns, and each costs a cell in every row. */
const MAX_METRIC_COLUMNS = 1000;

/** Returns the first thousand names in the given order, required ones first, and the number of omitted names. */
export function boundColumns(
  names: readonly string[],
  required: readonly string[],
): { readonly kept: readonly string[]; readonly omitted: number } {
  const omitted = Math.max(0, names.length - MAX_METRIC_COLUMNS);
  if (omitted === 0) return { kept: names, omitted };
  const first = new Set(names.filter((name) => required.includes(name)).slice(0, MAX_METRIC_COLUMNS));
  for (const name of names) if (first.size < MAX_METRIC_COLUMNS) first.add(name);
  return { kept: names.filter((name) => first.has(name)), omitted };
}

/**
 * Returns the header. A parameter or metric whose name collides gets the prefix `param.` or `metric.`, repeatedly where that name
 * is taken too, so that column names are unique.
 */
export function header({ params, metrics, objectives, gpus, constrained, forked }: Columns): string[] {
  const before = [...BEFORE, ...(objectives?.map((name) => `objective.${name}`) ?? ['objective'])];
  const after: readonly string[] = [
    ...AFTER,
    ...(gpus ? GPUS : []),
    ...(constrained ? [FEASIBLE] : []),
    ...(forked ? [PARENT] : []),
  ];
  const fixed: readonly string[] = [...before, ...after];
  const collides = (name: string, others: readonly string[]) => fixed.includes(name) || others.includes(name);
  const taken = new Set([...fixed, ...params, ...metrics]);
  const column = (name: string, others: readonly string[], prefix: string) => {
    if (!collides(name, others)) return name;
    let free = prefix + name;
    while (taken.has(free)) free = prefix + free;
    taken.add(free);
    return free;
  };
  return [
    ...before,
    ...params.map((name) => column(name, metrics, 'param.')),
    ...metrics.map((name) => column(name, params, 'metric.')),
    ...after,
  ];
}

/** Returns the cells of one trial, in the order of `header`. */
export function cells(study: string, row: TrialRow, columns: Columns): Cell[] {
  const { params, metrics, objectives, gpus, constrained, forked } = columns;
  const effective = { ...row.params, ...row.forced };
  // null is a value that a parameter may have; an empty cell is an inactive parameter.
  const paramCell = (name: string) =>
    Object.hasOwn(effective, name) ? paramText(effective[name] as ParamValue) : null;
  // Own names only: a trainer may report a metric called `constructor`.
  const metricCell = (name: string) => (Object.hasOwn(row.metrics, name) ? row.metrics[name] : null);
  return [
    study,
    row.number,
    row.configuration,
    row.attempt === 0 ? null : row.attempt,
    shownState(row),
    row.seed,
    row.device,
    ...(objectives ?? ['objective']).map((_, k) => row.values?.[k]),
    ...params.map(paramCell),
    ...metrics.map(metricCell),
    row.epochs,
    durationText(row),
    isoTime(row.startedAtMs),
    isoTime(row.finishedAtMs),
    row.exitCode,
    row.reason,
    ...(gpus ? gpuCells(row.gpuUse) : []),
    ...(constrained ? [row.violations.length === 0 ? null : isFeasible(row.violations)] : []),
    ...(forked ? [row.parent?.trial ?? null] : []),
  ];
}

/** Returns the mean utilization of the trial's cards in percent, and the largest memory of its own processes in MiB. */
function gpuCells(use: GpuUse | null): Cell[] {
  const [utilization, memory] = [use?.cardUtilizationPercent?.mean, use?.memoryMiB?.max];
  return [
    utilization === undefined ? null : Number(utilization.toFixed(1)),
    memory === undefined ? null : Math.round(memory),
  ];
}

/** Returns seconds with three decimals, with what it ran before it was paused; null while the trial is unfinished. */
function durationText(row: Pick<TrialRow, 'startedAtMs' | 'finishedAtMs' | 'ranMs'>): string | null {
  if (row.startedAtMs === null || row.finishedAtMs === null) return null;
  return (row.ranMs / 1000).toFixed(3);
}

function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
