import type { TrialColumns } from '../store/trial-columns.js';

/** Which slot each trial ran in, as its times and its device tell. */
export type Lanes = {
  /** By trial; -1: it has not started. */
  readonly laneOf: Int32Array;
  /** Trials in the order of their start. */
  readonly order: Int32Array;
  readonly labels: readonly string[];
  /** Milliseconds after the base. */
  readonly low: number;
  readonly high: number;
};

/** Returns slots such that no two trials of one slot ran at the same time; `nowMs` is the end of those that still run. */
export function lanesOf(columns: TrialColumns, nowMs: number): Lanes {
  const [start, end] = [columns.values('start'), columns.values('end')];
  const devices = columns.values('device');
  const started: number[] = [];
  for (let k = 0; k < columns.total; k++) if (!Number.isNaN(start[k] ?? Number.NaN)) started.push(k);
  const order = Int32Array.from(started).sort((a, b) => (start[a] as number) - (start[b] as number) || a - b);
  const laneOf = new Int32Array(columns.total).fill(-1);
  const now = nowMs - columns.timeBaseMs;
  const ends: number[] = [];
  const deviceOf: number[] = [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const trial of order) {
    const [from, device] = [start[trial] as number, devices[trial] ?? 0];
    const to = Number.isNaN(end[trial] ?? Number.NaN) ? now : (end[trial] as number);
    // Columns have single precision: two trials may seem to overlap by a little.
    let lane = ends.findIndex((until, k) => deviceOf[k] === device && until <= from + 50);
    if (lane < 0) lane = ends.length < 256 ? ends.push(0) - 1 : 255;
    deviceOf[lane] = device;
    ends[lane] = Math.max(to, from);
    laneOf[trial] = lane;
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  return sorted({ laneOf, order, low, high }, deviceOf, columns);
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
  return { ...lanes, laneOf: lanes.laneOf.map((lane) => rank.get(lane) ?? -1), labels };
}
