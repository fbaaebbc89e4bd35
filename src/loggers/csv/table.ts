import type { ParamValue } from '../../core/distribution.js';
import type { GpuUse } from '../../core/gpu-use.js';
import { paramText } from '../../core/param-text.js';
import type { TrialState } from '../../core/trial.js';
import { shownState } from '../../results/trial-table.js';
import type { Cell } from './format.js';

/** The trial of one row, as storage tells it; named here so that loggers do not know storage. */
export type TableRow = {
  readonly number: number;
  readonly configuration: number | null;
  readonly attempt: number;
  readonly state: TrialState;
  readonly queued: boolean;
  readonly seed: number | null;
  readonly device: string | null;
  readonly values: readonly number[] | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly forced: Readonly<Record<string, ParamValue>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly epochs: number;
  readonly gpuUse: GpuUse | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
};

export type Columns = {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** Names of the objectives, where there are several; one is the column `objective`, whatever its name. */
  readonly objectives?: readonly string[];
  /** Whether it is known of any trial what it used of GPUs: only then there are columns for it. */
  readonly gpus?: boolean;
};

/** Where the rows of a CSV come from. A running sweep and export-csv use the same source, so both write the same bytes. */
export type CsvSource = {
  readonly study: string;
  readonly columns: () => Promise<Columns>;
  /** Rows by ascending trial number, one page at a time: the whole table is never in memory. */
  readonly pages: () => AsyncIterable<readonly TableRow[]>;
  /** True: cells that a spreadsheet would run as formulas start with an apostrophe. */
  readonly safe?: boolean;
};

const BEFORE = ['study', 'trial', 'configuration', 'attempt', 'state', 'seed', 'device'] as const;
const AFTER = ['epochs', 'duration_s', 'started_at', 'finished_at', 'exit_code', 'reason'] as const;
/** Last, so that the other columns stand where they stand without GPUs. */
const GPUS = ['gpu_card_util', 'gpu_mem_mib'] as const;

/** The metrics people expect of a trainer that says nothing else. */
export const DEFAULT_METRICS: readonly string[] = ['epoch_loss', 'epoch_accuracy'];

/** Metric columns: the listed ones, else the default two and whatever else was reported. */
export function metricColumns(listed: readonly string[] | null, reported: readonly string[]): string[] {
  if (listed) return [...listed];
  return [...DEFAULT_METRICS, ...reported.filter((name) => !DEFAULT_METRICS.includes(name))];
}

/** More columns than people or spreadsheets can use; each of them costs a cell in every row. */
const MAX_METRIC_COLUMNS = 1000;

/** The first thousand columns, the wanted ones before others, in the order given; and how many are left out. */
export function boundColumns(
  names: readonly string[],
  wanted: readonly string[],
): { readonly kept: readonly string[]; readonly left: number } {
  const left = Math.max(0, names.length - MAX_METRIC_COLUMNS);
  if (left === 0) return { kept: names, left };
  const first = new Set(names.filter((name) => wanted.includes(name)).slice(0, MAX_METRIC_COLUMNS));
  for (const name of names) if (first.size < MAX_METRIC_COLUMNS) first.add(name);
  return { kept: names.filter((name) => first.has(name)), left };
}

/**
 * The header; a parameter or metric whose name collides gets `param.` or `metric.` before it, once more where even that
 * name is taken, so that no two columns share one.
 */
export function header({ params, metrics, objectives, gpus }: Columns): string[] {
  const before = [...BEFORE, ...(objectives?.map((name) => `objective.${name}`) ?? ['objective'])];
  const after: readonly string[] = [...AFTER, ...(gpus ? GPUS : [])];
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

/** The cells of one trial, in the order of `header`. */
export function cells(study: string, row: TableRow, { params, metrics, objectives, gpus }: Columns): Cell[] {
  const given = { ...row.params, ...row.forced };
  // null is a value a trainer may be given; an empty cell is a parameter that is not active.
  const paramCell = (name: string) =>
    Object.hasOwn(given, name) ? paramText(given[name] as ParamValue) : null;
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
  ];
}

/** The mean utilization of its cards in percent, and the most memory of its own processes. */
function gpuCells(use: GpuUse | null): Cell[] {
  const [utilization, memory] = [use?.cardUtilizationPercent?.mean, use?.memoryMiB?.max];
  return [
    utilization === undefined ? null : Number(utilization.toFixed(1)),
    memory === undefined ? null : Math.round(memory),
  ];
}

/** Seconds with three decimals; empty while the trial runs. */
function durationText(row: Pick<TableRow, 'startedAtMs' | 'finishedAtMs'>): string | null {
  if (row.startedAtMs === null || row.finishedAtMs === null) return null;
  return (Math.max(0, row.finishedAtMs - row.startedAtMs) / 1000).toFixed(3);
}

function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
