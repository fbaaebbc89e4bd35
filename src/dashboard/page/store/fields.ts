import type { DictionaryValue } from '../../columns.js';
import type { ParameterInfo, StudyInfo } from '../../protocol.js';
import { clean, formatNumber, formatTime } from '../text.js';
import type { Scale } from './scale.js';
import { durations } from './times.js';
import { STATE, type TrialColumns } from './trial-columns.js';

/** A number or a choice of every trial: what axes, filters and columns of the table show. */
export type Field = {
  /** `param:lr`, `value:0`, `metric:loss`, `number`, `start` and so on. */
  readonly key: string;
  /** As the trainer knows it; untrusted. */
  readonly name: string;
  /** The name without control characters. */
  readonly label: string;
  readonly group: 'objective' | 'parameter' | 'metric' | 'run';
  /** By trial; NaN for none. Of choices: their place in `choices`. */
  readonly values: ArrayLike<number>;
  readonly choices: readonly string[] | null;
  /** What the space says; null for what was measured. */
  readonly parameter: ParameterInfo | null;
  readonly direction: 'minimize' | 'maximize' | null;
  /** Where outliers are looked for: of objectives, the values of complete trials; null: in all values. */
  readonly typical: ArrayLike<number> | null;
};

export const MISSING = 0xffff;
const LARGEST = 0xfffe;

/** Returns every field of a study in the order of the table. */
export function fieldsOf(info: StudyInfo, columns: TrialColumns): Field[] {
  const objectives = info.objectives.map(({ metric, direction }, k) => ({
    ...numeric(columns, `value:${k}`, metric, 'objective'),
    values: lastValues(columns, k, metric),
    typical: columns.values(`value:${k}`),
    direction,
  }));
  const known = new Map(info.parameters.map((parameter) => [parameter.name, parameter]));
  const names = [...known.keys()];
  for (const key of columns.columns.keys())
    if (key.startsWith('param:') && !known.has(key.slice(6))) names.push(key.slice(6));
  const parameters = names.map((name) => parameterField(columns, name, known.get(name) ?? null));
  const shown = new Set(info.objectives.map(({ metric }) => metric));
  const metrics = [...columns.columns.keys()]
    .filter((key) => key.startsWith('metric:') && !shown.has(key.slice(7)))
    .map((key) => numeric(columns, key, key.slice(7), 'metric'));
  return [...objectives, ...parameters, ...metrics, ...runFields(columns)];
}

/** Returns the values of an objective; of trials that run, are paused or were pruned, the last one that they reported. */
function lastValues(columns: TrialColumns, k: number, metric: string): ArrayLike<number> {
  const values = columns.values(`value:${k}`);
  const last = columns.values(`metric:${metric}`);
  const states = columns.values('state');
  if (last.length === 0) return values;
  const shown = Float64Array.from(values);
  for (let trial = 0; trial < shown.length; trial++) {
    const state = states[trial];
    if (
      (state === STATE.pruned || state === STATE.running || state === STATE.paused) &&
      Number.isNaN(shown[trial])
    )
      shown[trial] = last[trial] as number;
  }
  return shown;
}

function runFields(columns: TrialColumns): Field[] {
  const seconds = durations(columns).map((ms) => ms / 1000);
  const numbers = new Float64Array(columns.total);
  for (let k = 0; k < numbers.length; k++) numbers[k] = k;
  return [
    { ...numeric(columns, 'number', 'trial', 'run'), values: numbers },
    { ...numeric(columns, 'start', 'started', 'run'), values: timesOf(columns, 'start') },
    { ...numeric(columns, 'end', 'ended', 'run'), values: timesOf(columns, 'end') },
    { ...numeric(columns, 'steps', 'steps', 'run') },
    { ...numeric(columns, 'duration', 'seconds', 'run'), values: seconds },
    { ...numeric(columns, 'attempts', 'attempts', 'run') },
  ];
}

/** Returns Unix times in milliseconds. */
function timesOf(columns: TrialColumns, name: string): Float64Array {
  const times = Float64Array.from(columns.values(name));
  for (let k = 0; k < times.length; k++) times[k] = columns.timeBaseMs + (times[k] as number);
  return times;
}

function numeric(columns: TrialColumns, key: string, name: string, group: Field['group']): Field {
  const values = columns.values(key);
  return {
    key,
    name,
    label: clean(name),
    group,
    values,
    choices: null,
    parameter: null,
    direction: null,
    typical: null,
  };
}

function parameterField(columns: TrialColumns, name: string, parameter: ParameterInfo | null): Field {
  const key = `param:${name}`;
  const column = columns.columns.get(key);
  const field = { ...numeric(columns, key, name, 'parameter'), parameter };
  if (!column?.dictionary) return field;
  const order = orderOf(column.dictionary, parameter);
  const place = new Float64Array(column.dictionary.length + 1).fill(Number.NaN);
  for (const [k, code] of order.entries()) place[code] = k;
  const values = new Float32Array(column.values.length);
  for (let k = 0; k < values.length; k++) values[k] = place[column.values[k] as number] ?? Number.NaN;
  return {
    ...field,
    values,
    choices: order.map((code) => choiceText(column.dictionary?.[code - 1] ?? null)),
  };
}

/** Returns codes in the order of the space; numbers among the choices by size, when the space does not say. */
function orderOf(dictionary: readonly DictionaryValue[], parameter: ParameterInfo | null): number[] {
  const codes = dictionary.map((_, k) => k + 1);
  const place = (code: number) => {
    const at = parameter?.choices?.indexOf(dictionary[code - 1] as string) ?? -1;
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  };
  return codes.toSorted((a, b) => (place(a) === place(b) ? a - b : place(a) - place(b)));
}

function choiceText(value: DictionaryValue): string {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return value === '' ? '\u2423' : clean(value);
  return clean(JSON.stringify(value));
}

/** Keys of fields that count. */
const WHOLE = new Set(['number', 'steps', 'attempts']);

export type ScaleOptions = { readonly log: boolean | null; readonly clip: boolean };

/** Returns the scale of a field: the range of the space, else that of the values, without their outliers if wanted. */
export function scaleOf(field: Field, { log, clip }: ScaleOptions): Scale {
  const isWhole = WHOLE.has(field.key) || field.parameter?.kind === 'int';
  const numbers = { choices: null, isWhole, clipped: 0 };
  if (field.choices) return { ...numbers, low: 0, high: 1, log: false, choices: field.choices };
  const typical = field.typical && sampleOf(field.typical);
  const sorted = typical && typical.length >= 10 ? typical : sampleOf(field.values);
  const [min, max] = extent(field.values);
  const positive = sorted.length > 0 && min > 0;
  const wanted = log ?? (field.parameter ? field.parameter.log : isWide(sorted));
  const isLog = wanted && positive;
  const space = field.parameter;
  if (space && space.low !== null && space.high !== null && space.low <= min && space.high >= max)
    return { ...numbers, low: space.low, high: space.high, log: space.low > 0 && isLog };
  if (sorted.length === 0) return { ...numbers, low: 0, high: 1, log: false };
  const [low, high] = clip ? withoutOutliers(sorted, [min, max], isLog) : [min, max];
  let clipped = 0;
  if (low > min || high < max)
    for (let k = 0; k < field.values.length; k++) {
      const value = field.values[k] as number;
      if (value < low || value > high) clipped++;
    }
  return { ...numbers, ...padded(low, high, isLog), log: isLog, clipped };
}

/** Returns up to 4,096 finite values, evenly taken, sorted. */
function sampleOf(values: ArrayLike<number>): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 4096));
  const kept = new Float64Array(Math.ceil(values.length / step));
  let count = 0;
  for (let k = 0; k < values.length; k += step) {
    const value = values[k] as number;
    if (Number.isFinite(value)) kept[count++] = value;
  }
  return kept.subarray(0, count).sort();
}

function extent(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    // NaN is neither; infinities are no ends.
    if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
    if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
  }
  return [low, high];
}

const quantile = (sorted: Float64Array, q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;

/** Whether the middle of the values spans more than two powers of ten. */
function isWide(sorted: Float64Array): boolean {
  const low = quantile(sorted, 0.05);
  return low > 0 && quantile(sorted, 0.95) / low > 100;
}

/** Returns the ends without what lies more than three widths of the middle half beyond it. */
function withoutOutliers(sorted: Float64Array, [min, max]: [number, number], log: boolean): [number, number] {
  const to = (value: number) => (log ? Math.log(value) : value);
  const from = (value: number) => (log ? Math.exp(value) : value);
  const [q1, q3] = [to(quantile(sorted, 0.25)), to(quantile(sorted, 0.75))];
  const reach = 3 * (q3 - q1);
  if (reach === 0) return [min, max];
  const [low, high] = [from(q1 - reach), from(q3 + reach)];
  return [min < low ? low : min, max > high ? high : max];
}

function padded(low: number, high: number, log: boolean): { low: number; high: number } {
  if (low === high) {
    const size = Math.abs(low) * 0.1 || 1;
    return log ? { low: low / 1.1, high: high * 1.1 } : { low: low - size, high: high + size };
  }
  if (log) {
    const factor = (high / low) ** 0.03;
    return { low: low / factor, high: high * factor };
  }
  const pad = (high - low) * 0.03;
  return { low: low - pad, high: high + pad };
}

/** Returns the place of each trial on a scale in 16 bits; MISSING for none. Drawing reads nothing else. */
export function placesOf(field: Field, scale: Scale, total: number): Uint16Array {
  const places = new Uint16Array(total).fill(MISSING);
  const { values } = field;
  const count = Math.min(total, values.length);
  if (scale.choices) {
    const factor = LARGEST / Math.max(1, scale.choices.length);
    for (let k = 0; k < count; k++) {
      const value = values[k] as number;
      if (value >= 0) places[k] = (value + 0.5) * factor;
    }
    return places;
  }
  // A parameter with one value lies in the middle.
  const wide = scale.low === scale.high ? { low: scale.low - 1, high: scale.high + 1, log: false } : scale;
  const [low, high] = wide.log ? [Math.log(wide.low), Math.log(wide.high)] : [wide.low, wide.high];
  const factor = LARGEST / (high - low);
  for (let k = 0; k < count; k++) {
    const value = values[k] as number;
    const at = ((wide.log ? Math.log(value) : value) - low) * factor;
    if (at >= 0) places[k] = at > LARGEST ? LARGEST : at;
    else if (at < 0) places[k] = 0;
  }
  return places;
}

/** Returns the value of a trial as people read it; empty for none. */
export function textOf(field: Field, trial: number): string {
  const value = field.values[trial];
  if (value === undefined || Number.isNaN(value)) return '';
  if (field.choices) return field.choices[value] ?? '';
  return field.key === 'start' || field.key === 'end' ? formatTime(value) : formatNumber(value);
}
