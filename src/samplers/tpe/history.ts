import type { ParamValue } from '../../core/distribution.js';
import type { Space } from '../../core/space.js';
import type { ConfigView, StudyView } from '../../core/study-view.js';
import type { Direction } from '../../core/trial.js';
import { changedRows } from '../../core/view-changes.js';
import { bestByFronts } from '../nondominated-sort.js';
import { NOTHING, RUNNING, rankKeyOf } from '../trial-ranking.js';
import { type Axis, makeAxis } from './axis.js';

/** From this many changed rows on, sorting all rows is cheaper than inserting the changed ones one by one. */
const MANY = 32;

/**
 * All configurations of a view as numbers: one row each, one column a parameter, with their ranking. It keeps its state
 * from the view before and reads only the differences, so that 10,000 configurations need not be sorted for each
 * proposal. The content depends on the last view alone.
 */
export class History {
  readonly axes: readonly Axis[];
  readonly columns: ReadonlyMap<string, number>;
  /** Row-major coordinates and levels; NaN where a parameter is inactive or outside its distribution. */
  cells = new Float64Array(0);
  tiers = new Uint8Array(0);
  /** 1 where a row has a value in every column. */
  whole = new Uint8Array(0);
  /** Room for marks of rows: 0 everywhere before and after each use. */
  marks = new Uint8Array(0);
  /** Changes when cells of a row that was there before may have changed. */
  epoch = 0;
  /** Number of rows. */
  size = 0;
  /** Rows with a rank, the best first. */
  order: number[] = [];
  /** Rows that are still running, ascending. */
  running: number[] = [];
  readonly #names: readonly string[];
  #configs: readonly ConfigView[] = [];
  #first = new Float64Array(0);
  #second = new Float64Array(0);
  #directions: readonly Direction[] = [];

  constructor(space: Space) {
    this.#names = space.params.map((spec) => spec.name);
    this.axes = space.params.map((spec) => makeAxis(spec.distribution));
    this.columns = new Map(this.#names.map((name, k) => [name, k]));
  }

  update(view: StudyView): void {
    const { configs, directions } = view;
    const same = directions.join() === this.#directions.join();
    const before = same ? this.#configs : [];
    this.#directions = directions;
    const changed = changedRows(before, configs);
    const shrunk = configs.length < this.size;
    const anew = directions.length > 1 || shrunk || changed.length > MANY || before.length === 0;
    if (!anew) this.order = withoutRows(this.order, changed, before.length);
    this.#grow(configs.length);
    if (shrunk) this.#shrink(configs.length);
    for (const row of changed) this.#read(row, configs[row] as ConfigView);
    this.size = configs.length;
    this.#configs = configs;
    if (directions.length > 1) this.#sortByFronts(view);
    else if (anew) this.#sort();
    else for (const row of changed) if ((this.tiers[row] as number) < RUNNING) this.#insert(row);
  }

  #read(row: number, config: ConfigView): void {
    const width = this.#names.length;
    let whole = 1;
    for (let column = 0; column < width; column++) {
      const name = this.#names[column] as string;
      const value = Object.hasOwn(config.params, name) ? (config.params[name] as ParamValue) : undefined;
      const cell = value === undefined ? Number.NaN : (this.axes[column] as Axis).encode(value);
      const at = row * width + column;
      if (row < this.size && !Object.is(this.cells[at], cell)) this.epoch++;
      this.cells[at] = cell;
      if (Number.isNaN(cell)) whole = 0;
    }
    this.whole[row] = whole;
    const { tier, first, second } = rankKeyOf(config, this.#directions[0] === 'maximize' ? -1 : 1);
    if ((this.tiers[row] === RUNNING) !== (tier === RUNNING)) this.#noteRunning(row, tier === RUNNING);
    this.tiers[row] = tier;
    this.#first[row] = first;
    this.#second[row] = second;
  }

  #shrink(size: number): void {
    this.running = this.running.filter((row) => row < size);
    this.tiers.fill(NOTHING, size, this.size);
    this.epoch++;
  }

  #noteRunning(row: number, runs: boolean): void {
    const { running } = this;
    let at = running.length;
    while (at > 0 && (running[at - 1] as number) >= row) at--;
    const isListed = running[at] === row;
    if (isListed !== runs) running.splice(at, isListed ? 1 : 0, ...(runs ? [row] : []));
  }

  #sort(): void {
    this.order = [];
    for (let row = 0; row < this.size; row++) if ((this.tiers[row] as number) < RUNNING) this.order.push(row);
    this.order.sort((a, b) => this.#compare(a, b));
  }

  /** With several objectives, every result may change the rank of every other one. */
  #sortByFronts(view: StudyView): void {
    const rows = new Map(view.configs.map((config, row) => [config, row]));
    this.order = bestByFronts(view, Number.POSITIVE_INFINITY).map(({ config }) => rows.get(config) as number);
  }

  #insert(row: number): void {
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.order[middle] as number, row) < 0) low = middle + 1;
      else high = middle;
    }
    this.order.splice(low, 0, row);
  }

  /** Whether two rows have exactly the same result. Of several objectives, results are not compared. */
  isTie(a: number, b: number): boolean {
    if (this.#directions.length > 1 || this.tiers[a] !== this.tiers[b]) return false;
    return this.#first[a] === this.#first[b] && this.#second[a] === this.#second[b];
  }

  /** A total order: ties go to the older. */
  #compare(a: number, b: number): number {
    return order(this.tiers, a, b) || order(this.#first, a, b) || order(this.#second, a, b) || a - b;
  }

  #grow(size: number): void {
    if (size <= this.tiers.length) return;
    const room = Math.max(64, 2 * size);
    const copy = <T extends Float64Array | Uint8Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.cells = copy(new Float64Array(room * this.#names.length), this.cells);
    this.#first = copy(new Float64Array(room), this.#first);
    this.#second = copy(new Float64Array(room), this.#second);
    this.tiers = copy(new Uint8Array(room).fill(NOTHING), this.tiers);
    this.whole = copy(new Uint8Array(room), this.whole);
    this.marks = new Uint8Array(room);
  }
}

function order(key: Float64Array | Uint8Array, a: number, b: number): number {
  const x = key[a] as number;
  const y = key[b] as number;
  return x === y ? 0 : x < y ? -1 : 1;
}

function withoutRows(order: number[], rows: readonly number[], known: number): number[] {
  for (const row of rows) {
    const at = row < known ? order.indexOf(row) : -1;
    if (at >= 0) order.splice(at, 1);
  }
  return order;
}
