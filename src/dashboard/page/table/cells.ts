import { type Field, textOf } from '../store/fields.js';
import { isInfeasible, printableState } from '../store/state-text.js';
import type { StudyStore } from '../store/study-store.js';
import { clean, formatDuration, formatNumber, formatTime } from '../text.js';

/** One column of the table. */
export type TableColumn = {
  readonly key: string;
  readonly label: string;
  /** Numbers are aligned at the right. */
  readonly isNumber: boolean;
  /** In pixels. */
  readonly width: number;
  readonly group: 'trial' | Field['group'];
  text(trial: number): string;
};

/** Returns the columns of the table: number, state, objectives, parameters, metrics, and what is known of the run. */
export function tableColumns(store: StudyStore): TableColumn[] {
  const fields = [...store.fields.value.values()];
  const { columns } = store;
  const has = (name: string) => columns.columns.has(name);
  const hasText = (name: string) => columns.values(name).some((code) => code > 0);
  const of = (group: Field['group']) => fields.filter((field) => field.group === group);
  const text = (key: string, label: string, width: number): TableColumn => ({
    key,
    label,
    isNumber: false,
    width,
    group: 'run',
    text: (trial) => clean(columns.text(key, trial) ?? ''),
  });
  const deviations = of('objective').flatMap((_, k) => {
    const values = columns.values(`std:${k}`);
    return values.some((value) => value > 0) ? [k] : [];
  });
  return [
    {
      key: 'number',
      label: 'trial',
      isNumber: true,
      width: 72,
      group: 'trial',
      text: (trial) => String(trial),
    },
    {
      key: 'state',
      label: 'state',
      isNumber: false,
      width: 104,
      group: 'trial',
      text: (trial) => (isInfeasible(columns, trial) ? 'INFEASIBLE' : printableState(columns, trial)),
    },
    ...(store.outliers.value.includes(1) ? [outlierColumn(store)] : []),
    ...of('objective').map((field, k) => objectiveColumn(store, field, deviations.includes(k) ? k : null)),
    ...of('parameter').map(fieldColumn),
    ...of('metric').map(fieldColumn),
    ...(has('steps') ? [{ ...fieldColumn(fieldNamed(fields, 'steps')), width: 64 }] : []),
    {
      ...fieldColumn(fieldNamed(fields, 'duration')),
      label: 'time',
      width: 92,
      text: (trial: number) =>
        formatDuration((fieldNamed(fields, 'duration').values[trial] ?? Number.NaN) * 1000),
    },
    ...(has('attempts') ? [{ ...fieldColumn(fieldNamed(fields, 'attempts')), width: 82 }] : []),
    ...(hasText('device') ? [text('device', 'device', 96)] : []),
    {
      ...fieldColumn(fieldNamed(fields, 'start')),
      width: 166,
      text: (trial: number) => formatTime(fieldNamed(fields, 'start').values[trial] ?? Number.NaN),
    },
    ...(hasText('tags') ? [text('tags', 'tags', 110)] : []),
    ...(hasText('reason') ? [text('reason', 'reason', 260)] : []),
  ];
}

/** Marks what samplers leave out: a value far beyond those of all others. */
function outlierColumn(store: StudyStore): TableColumn {
  const text = (trial: number) => (store.outliers.value[trial] === 1 ? 'outlier' : '');
  return { key: 'outlier', label: 'outlier', isNumber: false, width: 86, group: 'trial', text };
}

function fieldNamed(fields: readonly Field[], key: string): Field {
  return fields.find((field) => field.key === key) as Field;
}

function fieldColumn(field: Field): TableColumn {
  const { key, label, group, choices } = field;
  const width = Math.min(190, Math.max(98, label.length * 7.4 + 34));
  return { key, label, group, width, isNumber: choices === null, text: (trial) => textOf(field, trial) };
}

function objectiveColumn(store: StudyStore, field: Field, deviation: number | null): TableColumn {
  const column = fieldColumn(field);
  if (deviation === null) return column;
  return {
    ...column,
    width: Math.max(150, column.width),
    text: (trial) => {
      const std = store.columns.values(`std:${deviation}`)[trial] ?? Number.NaN;
      const value = textOf(field, trial);
      return std > 0 && value !== '' ? `${value} \u00b1 ${formatNumber(Number(std.toPrecision(2)))}` : value;
    },
  };
}
