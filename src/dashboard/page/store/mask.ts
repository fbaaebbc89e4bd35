import type { Curves } from './curves.js';
import type { Field } from './fields.js';
import type { CurveBox, Filters, Range } from './filters.js';
import { isEmpty } from './filters.js';
import { STATES, type TrialColumns } from './trial-columns.js';
import { parseWhere, whereProblem } from './where.js';

/** Which trials are selected. */
export type Selection = {
  /** By trial: 1 when it is selected, and all that are not hidden when nothing is filtered. */
  readonly mask: Uint8Array;
  readonly count: number;
  /** The selected trials by their number. Loops over them are twice as fast as over the mask. */
  readonly trials: Int32Array;
  /** False: nothing is filtered. */
  readonly active: boolean;
};

export type MaskInput = {
  readonly columns: TrialColumns;
  readonly fields: ReadonlyMap<string, Field>;
  readonly curves: Curves | null;
  /** Trials, the best first. */
  readonly best: ArrayLike<number>;
  readonly filters: Filters;
  readonly showHidden: boolean;
};

/** Returns the one selection that every plot and the table show. */
export function selectionOf(input: MaskInput): Selection {
  const { columns, fields, filters, curves, best, showHidden } = input;
  const mask = shownMask(columns, showHidden);
  for (const range of filters.ranges) applyRange(mask, fields.get(range.key), range);
  if (filters.curve && curves) applyCurve(mask, curves, filters.curve);
  if (filters.states) applyStates(mask, columns, filters.states);
  if (filters.text.trim() !== '') applyText(mask, input);
  if (filters.top !== null) applyTop(mask, best, filters.top);
  let count = 0;
  for (let k = 0; k < mask.length; k++) count += mask[k] as number;
  const trials = new Int32Array(count);
  for (let k = 0, at = 0; k < mask.length; k++) if (mask[k]) trials[at++] = k;
  return { mask, count, trials, active: !isEmpty(filters) };
}

function shownMask(columns: TrialColumns, showHidden: boolean): Uint8Array {
  const mask = new Uint8Array(columns.total);
  const [states, hidden] = [columns.values('state'), columns.values('hidden')];
  for (let k = 0; k < mask.length; k++)
    mask[k] = states[k] !== 0 && states[k] !== undefined && (showHidden || !hidden[k]) ? 1 : 0;
  return mask;
}

function applyRange(mask: Uint8Array, field: Field | undefined, { low, high, missing }: Range): void {
  if (!field) return;
  const { values } = field;
  for (let k = 0; k < mask.length; k++) {
    const value = values[k] ?? Number.NaN;
    const inside = Number.isNaN(value) ? missing : value >= low && value <= high;
    if (!inside) mask[k] = 0;
  }
}

function applyCurve(mask: Uint8Array, curves: Curves, box: CurveBox): void {
  const passes = new Uint8Array(mask.length);
  const { trials, offsets, steps, values } = curves;
  for (let c = 0; c < trials.length; c++)
    for (let p = offsets[c] as number; p < (offsets[c + 1] as number); p++) {
      const [step, value] = [steps[p] as number, values[p] as number];
      if (step < box.firstStep || step > box.lastStep || !(value >= box.low && value <= box.high)) continue;
      passes[trials[c] as number] = 1;
      break;
    }
  for (let k = 0; k < mask.length; k++) if (!passes[k]) mask[k] = 0;
}

function applyStates(mask: Uint8Array, columns: TrialColumns, wanted: readonly string[]): void {
  const keep = Uint8Array.from(STATES, (state) => (wanted.includes(state) ? 1 : 0));
  const states = columns.values('state');
  for (let k = 0; k < mask.length; k++) if (!keep[states[k] ?? 0]) mask[k] = 0;
}

/** A text that is no condition, as an address may have, selects as if it were not there. */
function applyText(mask: Uint8Array, { filters, fields, columns }: MaskInput): void {
  if (whereProblem(filters.text, fields, columns) !== null) return;
  const test = parseWhere(filters.text, fields, columns);
  for (let k = 0; k < mask.length; k++) if (mask[k] && !test(k)) mask[k] = 0;
}

/** Of the trials that other filters leave, keeps the best. */
function applyTop(mask: Uint8Array, best: ArrayLike<number>, top: number): void {
  let left = top;
  const kept = new Uint8Array(mask.length);
  for (let k = 0; k < best.length && left > 0; k++) {
    const trial = best[k] as number;
    if (!mask[trial]) continue;
    kept[trial] = 1;
    left--;
  }
  mask.set(kept);
}
