import { endOf } from '../store/times.js';
import type { TrialColumns } from '../store/trial-columns.js';

/** Which slot each trial ran in, as its times and its device tell. */
export type Lanes = {
  /** By trial; -1: it has not started. */
  readonly laneOf: Int32Array;
  /** Trials in the order of their start. */
  readonly order: Int32Array;
  readonly labels: readonly string[];
  /** By trial, in milliseconds after the base; one that still runs ends at `high`. */
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
  /** Milliseconds after the base. */
  readonly low: number;
  readonly high: number;
};

/** Returns slots such that no two trials of one slot ran at the same time; `nowMs` is the end of those that still run. */
export function lanesOf(columns: TrialColumns, nowMs: number): Lanes {
  const start = columns.values('start');
  const devices = columns.values('device');
  const order = startOrder(start, columns.total);
  const laneOf = new Int32Array(columns.total).fill(-1);
  const now = nowMs - columns.timeBaseMs;
  const endsBy = new Float64Array(columns.total);
  const ends: number[] = [];
  const deviceOf: number[] = [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < order.length; at++) {
    const trial = order[at] as number;
    const [from, device] = [start[trial] as number, devices[trial] ?? 0];
    const stored = endOf(columns, trial);
    const to = Number.isNaN(stored) ? now : stored;
    // Columns have single precision: two trials may seem to overlap by a little.
    let lane = 0;
    while (lane < ends.length && !(deviceOf[lane] === device && (ends[lane] as number) <= from + 50)) lane++;
    if (lane === ends.length) lane = ends.length < 256 ? ends.push(0) - 1 : 255;
    deviceOf[lane] = device;
    ends[lane] = Math.max(to, from);
    laneOf[trial] = lane;
    endsBy[trial] = stored;
    if (from < low) low = from;
    if (to > high) high = to;
  }
  for (const trial of order) if (Number.isNaN(endsBy[trial])) endsBy[trial] = high;
  return sorted({ laneOf, order, starts: start, ends: endsBy, low, high }, deviceOf, columns);
}

/** Trials that have started, in the order of their start. */
function startOrder(start: ArrayLike<number>, total: number): Int32Array {
  const started = new Int32Array(total);
  let count = 0;
  let isInOrder = true;
  let last = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < total; k++) {
    const at = start[k] ?? Number.NaN;
    if (Number.isNaN(at)) continue;
    started[count++] = k;
    if (at < last) isInOrder = false;
    last = at;
  }
  const order = started.subarray(0, count);
  return isInOrder ? order : order.sort((a, b) => (start[a] as number) - (start[b] as number) || a - b);
}

/** Slots of one device stand together, in the order of their names. */
function sorted(lanes: Omit<Lanes, 'labels'>, deviceOf: readonly number[], columns: TrialColumns): Lanes {
  const dictionary = columns.columns.get('device')?.dictionary ?? [];
  const name = (lane: number) => String(dictionary[(deviceOf[lane] ?? 0) - 1] ?? '');
  const places = deviceOf
    .map((_, lane) => lane)
    .sort((a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }) || a - b);
  const rank = new Map(places.map((lane, k) => [lane, k]));
  const labels = places.map((lane, k) => {
    const same = places.filter((each) => name(each) === name(lane));
    if (name(lane) === '') return `slot ${k + 1}`;
    return same.length > 1 ? `${name(lane)} \u00b7 ${same.indexOf(lane) + 1}` : name(lane);
  });
  const rankOf = Int32Array.from(deviceOf, (_, lane) => rank.get(lane) ?? -1);
  const { laneOf } = lanes;
  for (let trial = 0; trial < laneOf.length; trial++) laneOf[trial] = rankOf[laneOf[trial] as number] ?? -1;
  return { ...lanes, laneOf, labels };
}
