import { type HpoError, usageError } from '../../core/errors.js';
import { durationText, gpuText } from '../../loggers/event-messages.js';
import {
  type FieldNames,
  ranMsOf,
  type TimedTrial,
  type TrialField,
  type TrialFields,
} from '../../results/trial-fields.js';
import { shownState } from '../../results/trial-table.js';
import type { TrialRow } from '../../storage/storage.js';
import { shortValue } from '../table/format.js';
import type { Tone } from '../table/style.js';
import type { Cell, Column } from '../table/table.js';

/** A column of the list of trials. */
export type TrialColumn = Column & { readonly cell: (row: TrialRow) => Cell };

/** What decides which columns a list of trials has by itself. Those that stay empty are left out when it is printed. */
export type Shown = FieldNames & {
  /** Whether configurations have several trials. */
  readonly repeats: boolean;
};

/** The order is that of the table; the second number says which columns leave first where it is too wide. */
const AFTER: readonly (readonly [name: string, priority: number, leastWidth: number | null])[] = [
  ['configuration', 30, null],
  ['epochs', 50, null],
  ['time', 45, null],
  ['device', 25, null],
  ['gpu use', 24, null],
  ['seed', 20, null],
  ['reason', 60, 12],
  ['note', 55, 12],
  ['tags', 54, 8],
];

/** Texts of parameters are cut to this width before a column leaves. */
const LEAST_TEXT = 8;

/** Returns the columns of a list of trials unless the user names others. */
export function defaultColumns(shown: Shown, fields: TrialFields, nowMs: number): TrialColumn[] {
  const column = (name: string, more: Partial<TrialColumn>): TrialColumn[] => {
    const field = fields.find(name);
    return field ? [{ ...fieldColumn(field, nowMs), ...more }] : [];
  };
  return [
    ...column('trial.trial', { priority: 100, isKept: true }),
    ...column('trial.state', { priority: 90, isKept: true }),
    ...shown.objectives.flatMap(({ metric }, k) =>
      column(`objective.${metric}`, {
        title: shown.objectives.length > 1 ? metric : 'objective',
        priority: 95 - k / 100,
        isKept: true,
      }),
    ),
    limitsColumn,
    hiddenColumn,
    ...column('trial.outlier', { priority: 83, leastWidth: null }),
    ...shown.parameters.flatMap((name, k) => column(`param.${name}`, { priority: 80 - k / 1e6 })),
    ...AFTER.flatMap(([name, priority, leastWidth]) => {
      if (name === 'configuration' && !shown.repeats) return [];
      if (name === 'gpu use') return [gpuColumn];
      const title = name === 'configuration' ? 'config' : name;
      return column(`trial.${name}`, { title, priority, leastWidth });
    }),
  ];
}

/** Returns the columns that `--columns` names, in its order. @throws HpoError trials.unknown-column (usage). */
export function namedColumns(names: readonly string[], fields: TrialFields, nowMs: number): TrialColumn[] {
  return names.map((name, k) => {
    const column =
      name === 'gpu use' || name === 'gpu' ? gpuColumn : fieldColumn(fieldOf(name, fields), nowMs);
    return { ...column, title: name, priority: 100 - k / 1e6, isKept: true };
  });
}

/** Returns the field of this name. @throws HpoError trials.unknown-column (usage). */
export function fieldOf(name: string, fields: TrialFields): TrialField {
  // As the title of its column is.
  const field = fields.find(name) ?? (name === 'config' ? fields.find('configuration') : undefined);
  if (field) return field;
  throw unknownColumn(name, fields.known);
}

function unknownColumn(name: string, known: readonly string[]): HpoError {
  return usageError('trials.unknown-column', `expected the name of a column, got ${JSON.stringify(name)}`, {
    fix: `use one of ${known.slice(0, 40).join(', ')}`,
  });
}

function fieldColumn(field: TrialField, nowMs: number): TrialColumn {
  return {
    title: field.name,
    priority: 50,
    leastWidth: LEAST_TEXT,
    isKept: false,
    cell: cellOf(field, nowMs),
  };
}

function cellOf(field: TrialField, nowMs: number): TrialColumn['cell'] {
  const { kind, name, value } = field;
  if (kind === 'parameter') return (row) => parameterCell(row, name);
  if (kind !== 'trial') return (row) => shortValue(value(row));
  switch (name) {
    case 'state':
      return stateCell;
    case 'outlier':
      return (row) => (value(row) ? { text: 'outlier', tone: 'faint' } : '');
    case 'time':
      return (row) => durationCell(row, nowMs);
    case 'started':
    case 'finished':
      return (row) => timeCell(value(row));
    case 'exit_code':
    case 'seed':
    case 'trial':
      return (row) => String(value(row) ?? '');
    default:
      return (row) => shortValue(value(row));
  }
}

/** A null that a parameter has is a value; an empty cell is a parameter that is not active. */
function parameterCell({ params, forced }: TrialRow, name: string): Cell {
  const values = Object.hasOwn(forced, name) ? forced : params;
  if (!Object.hasOwn(values, name)) return '';
  return values[name] === null ? 'null' : shortValue(values[name]);
}

const TONES: Readonly<Record<string, Tone>> = {
  COMPLETE: 'good',
  FAIL: 'bad',
  RUNNING: 'changing',
  PAUSED: 'changing',
  PRUNED: 'faint',
};

/** The state, in its color; of a paused trial with its step. */
export function stateCell(row: Pick<TrialRow, 'state' | 'queued' | 'pausedAt'>): Cell {
  const state = shownState(row);
  const text = state === 'PAUSED' ? `${state} at ${row.pausedAt}` : state;
  return { text, tone: TONES[state] ?? 'plain' };
}

/** How long a trial has run; of a running one, until now. */
export function durationCell(trial: TimedTrial, nowMs: number): string {
  const ms = ranMsOf(trial, nowMs);
  return ms === null ? '' : durationText(ms);
}

function timeCell(atMs: unknown): string {
  const time = new Date(typeof atMs === 'number' ? atMs : Number.NaN);
  return Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** Marks trials that break a limit on a metric. */
const limitsColumn: TrialColumn = {
  title: 'limits',
  priority: 85,
  leastWidth: null,
  isKept: false,
  cell: ({ violations }) =>
    violations.every((violation) => violation <= 0) ? '' : { text: 'infeasible', tone: 'bad' },
};

/** Marks trials that a person has hidden: plots leave them out. */
const hiddenColumn: TrialColumn = {
  title: 'hidden',
  priority: 84,
  leastWidth: null,
  isKept: false,
  cell: ({ hidden }) => (hidden ? { text: 'hidden', tone: 'faint' } : ''),
};

/** The mean utilization of its cards and the peak memory of its processes; in brackets, the peak memory of the cards. */
const gpuColumn: TrialColumn = {
  title: 'gpu use',
  priority: 24,
  leastWidth: null,
  isKept: false,
  cell: ({ gpuUse: use }) =>
    use === null
      ? ''
      : gpuText({
          cardUtilizationPercent: use.cardUtilizationPercent?.mean ?? null,
          memoryMiB: use.memoryMiB?.max ?? null,
          cardMemoryMiB: use.cardMemoryMiB?.max ?? null,
        }),
};

/** As `--json` writes a value of a field: numbers in full. */
export function fieldJson(field: TrialField, row: TrialRow): unknown {
  const value = field.value(row);
  const isTime = field.kind === 'trial' && (field.name === 'started' || field.name === 'finished');
  if (isTime && typeof value === 'number') return new Date(value).toISOString();
  return value;
}
