import type { Field } from '../store/fields.js';
import type { StudyStore } from '../store/study-store.js';

export type Sort = { readonly key: string; readonly descending: boolean };

/** The place of a state in the order of the table. */
const TEXTS = new Set(['reason', 'device', 'tags']);

/** Returns all trials in the order of a column; those without a value last. */
export function sortedTrials(store: StudyStore, { key, descending }: Sort): Int32Array {
  const { columns } = store;
  const order = new Int32Array(columns.total);
  for (let k = 0; k < order.length; k++) order[k] = k;
  if (key === 'number') return descending ? order.reverse() : order;
  if (TEXTS.has(key)) return sortByText(order, (trial) => columns.text(key, trial) ?? '', descending);
  const own = key === 'state' ? columns.values('state') : key === 'outlier' ? store.outliers.value : null;
  const values = own ?? store.fields.value.get(key)?.values;
  return values ? sortByNumber(order, values, descending) : order;
}

function sortByNumber(order: Int32Array, values: ArrayLike<number>, descending: boolean): Int32Array {
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => {
    const [x, y] = [values[a] ?? Number.NaN, values[b] ?? Number.NaN];
    const [noX, noY] = [Number.isNaN(x), Number.isNaN(y)];
    if (noX || noY) return noX === noY ? a - b : noX ? 1 : -1;
    return x === y ? a - b : sign * (x - y);
  });
}

function sortByText(order: Int32Array, read: (trial: number) => string, descending: boolean): Int32Array {
  const sign = descending ? -1 : 1;
  const texts = Array.from(order, (trial) => read(trial));
  return order.sort((a, b) => {
    const [x, y] = [texts[a] as string, texts[b] as string];
    if (x === '' || y === '') return x === y ? a - b : x === '' ? 1 : -1;
    return x === y ? a - b : sign * (x < y ? -1 : 1);
  });
}

/** Returns the trials of an order that are selected. */
export function selectedOf(order: Int32Array, mask: Uint8Array, count: number): Int32Array {
  const kept = new Int32Array(count);
  let at = 0;
  for (let k = 0; k < order.length; k++) {
    const trial = order[k] as number;
    if (mask[trial]) kept[at++] = trial;
  }
  return at === count ? kept : kept.subarray(0, at);
}

/** The direction that shows the best values of a field first. */
export function firstDirection(field: Field | undefined): boolean {
  return field?.direction === 'maximize';
}
