import type { ParamValue } from '../../core/distribution.js';
import type { EarlierStudy } from '../../core/earlier-studies.js';
import type { Rng } from '../../core/rng.js';
import type { StudyView } from '../../core/study-view.js';
import { agreementOf, capped, rankedPlaces } from '../transfer/agreement.js';
import { COMPLETE, scoreOf } from '../trial-ranking.js';
import type { Axis } from './axis.js';
import { FIRST_WEIGHT, HALVED_AT } from './belief.js';
import { Density, fillGood } from './densities.js';
import type { History } from './history.js';
import { type Layout, layoutOf } from './layout.js';
import type { Component } from './mixture.js';
import { SETTINGS } from './settings.js';

/** Of an earlier study, this share is good, within these bounds. */
const GOOD = { share: 0.15, least: 3, most: 10 };
/** With fewer results of this study, all earlier ones count. */
const LEAST_KNOWN = 3;
/** One in twenty studies that have nothing to do with this one agree with it so well. */
const AGREEMENT = 1.64;
/** How far a result says something about its neighbors, as a share of each range. */
const REACH = 0.15;
/** How far apart two different choices are. */
const OTHER = 0.5;
/** Below this weight an earlier study is left out. */
const LEAST_WEIGHT = 0.02;

/** An earlier study in the columns of this one; NaN where a point has no value there. */
type Known = { readonly rows: readonly Float64Array[]; readonly losses: readonly number[] };

const memo = new WeakMap<EarlierStudy, { readonly axes: readonly Axis[]; readonly known: Known }>();

/** What earlier studies are to a proposal. */
export type Inherited = {
  /** One for each study, from 0 to 1; null without any. */
  readonly weights: readonly number[] | null;
  /** Returns where they were good, for the parameters of a group. */
  readonly componentsOf: (columns: readonly number[], layout: Layout) => readonly Component[];
};

/**
 * Returns what earlier studies are to the next proposal: their good points are more parts of the good density. The weight of each falls with
 * the number of results, and by how well results near its own rank those of this study.
 */
export function inherit(history: History, { earlier, directions }: StudyView): Inherited {
  if (earlier === null || earlier.weight === 0 || directions.length > 1)
    return { weights: null, componentsOf: () => [] };
  const sign = directions[0] === 'maximize' ? -1 : 1;
  const known = earlier.studies.map((study) => readStudy(study, history, sign));
  const age = HALVED_AT / (HALVED_AT + history.order.length);
  // Faster than a prior: a search near a bad point of an earlier study finds what is best there.
  const decay = age * age;
  const trusts = decay < LEAST_WEIGHT ? known.map(() => 0) : known.map((each) => trustIn(each, history));
  const weights = capped(
    trusts.map((trust) => trust * decay),
    earlier.weight,
  );
  return {
    weights,
    componentsOf: (columns, layout) =>
      known.flatMap(
        (each, k) => componentOf(each, { columns, layout }, history.axes, weights[k] as number) ?? [],
      ),
  };
}

function readStudy(study: EarlierStudy, { axes, columns }: History, sign: number): Known {
  const kept = memo.get(study);
  if (kept?.axes === axes) return kept.known;
  const sorted = study.points
    .map(({ params, value }) => ({ params, loss: scoreOf(value, sign) }))
    .sort((a, b) => (a.loss < b.loss ? -1 : a.loss > b.loss ? 1 : 0));
  const rows = sorted.map(({ params }) => {
    const row = new Float64Array(axes.length).fill(Number.NaN);
    for (const [name, column] of columns)
      if (Object.hasOwn(params, name))
        row[column] = (axes[column] as Axis).encode(params[name] as ParamValue);
    return row;
  });
  const known = { rows, losses: sorted.map(({ loss }) => loss) };
  memo.set(study, { axes, known });
  return known;
}

/** Returns how well an earlier study ranks the results of this one, from 0 to 1. */
function trustIn({ rows }: Known, history: History): number {
  if (rows.length === 0) return 0;
  const { axes, cells, order, tiers } = history;
  const complete = order.filter((row) => tiers[row] === COMPLETE);
  if (complete.length < LEAST_KNOWN) return 1;
  const ranks = Float64Array.from(complete, (_, rank) => rank);
  const places = rankedPlaces(ranks);
  const width = axes.length;
  const expected = Float64Array.from(places, (at) => {
    const start = (complete[at] as number) * width;
    return expectedRank(rows, axes, cells.subarray(start, start + width));
  });
  return Math.max(
    0,
    agreementOf(
      Float64Array.from(places, (at) => ranks[at] as number),
      expected,
      AGREEMENT,
    ),
  );
}

/** Returns the mean rank of earlier results, the nearest ones weighing most. The best come first. */
function expectedRank(rows: readonly Float64Array[], axes: readonly Axis[], point: Float64Array): number {
  let sum = 0;
  let total = 0;
  rows.forEach((row, rank) => {
    const weight = Math.exp(-distance2(row, axes, point) / (2 * REACH * REACH)) + 1e-12;
    sum += weight * rank;
    total += weight;
  });
  return sum / total;
}

/** The mean squared distance over the parameters that both have. */
function distance2(row: Float64Array, axes: readonly Axis[], point: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let c = 0; c < axes.length; c++) {
    const [a, b] = [row[c] as number, point[c] as number];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    const axis = axes[c] as Axis;
    const centers = axis.kind === 'level' ? axis.scale?.centers : undefined;
    const isWord = axis.kind === 'level' && centers === undefined;
    const off = isWord
      ? a === b
        ? 0
        : OTHER
      : centers
        ? (centers[a] as number) - (centers[b] as number)
        : a - b;
    sum += off * off;
    count++;
  }
  return count === 0 ? 1 : sum / count;
}

/** Returns the density of an earlier study's good points; uniform in parameters that it does not have. Null where it says nothing. */
function componentOf(
  { rows }: Known,
  { columns, layout }: { readonly columns: readonly number[]; readonly layout: Layout },
  axes: readonly Axis[],
  weight: number,
): Component | null {
  if (weight < LEAST_WEIGHT) return null;
  const has = columns.map((column) => rows.some((row) => !Number.isNaN(row[column] as number)));
  const shared = columns.filter((_, k) => has[k]);
  const whole = rows.filter((row) => shared.every((column) => !Number.isNaN(row[column] as number)));
  const count = Math.min(GOOD.most, Math.max(GOOD.least, Math.ceil(GOOD.share * whole.length)), whole.length);
  if (shared.length === 0 || count === 0) return null;
  const cells = Float64Array.from(
    whole.slice(0, count).flatMap((row) => shared.map((column) => row[column] as number)),
  );
  const own = layoutOf(shared.map((column) => axes[column] as Axis));
  const { close } = SETTINGS;
  const kernels = { cells, count, rows: [] };
  const density = fillGood(new Density(own), own, kernels, { settings: SETTINGS, look: close, belief: null });
  const places = columns.flatMap((_, k) => (has[k] ? [k] : []));
  const others = columns.flatMap((_, k) => (has[k] ? [] : [k]));
  const sizeOf = (place: number) => {
    const axis = layout.axes[place] as Axis;
    return axis.kind === 'level' ? axis.size : 0;
  };
  const logOthers = others.reduce((sum, place) => sum + Math.log(sizeOf(place) || 1), 0);
  const point = new Float64Array(shared.length);
  return {
    weight: FIRST_WEIGHT * weight,
    draw(noise: Rng, out: Float64Array, start: number) {
      density.draw(noise, point, 0);
      places.forEach((place, k) => {
        out[start + place] = point[k] as number;
      });
      for (const place of others)
        out[start + place] = sizeOf(place) > 0 ? noise.int(sizeOf(place)) : noise.float();
    },
    logDensity(points: Float64Array, start: number) {
      places.forEach((place, k) => {
        point[k] = points[start + place] as number;
      });
      return density.logDensity(point, 0) - logOthers;
    },
  };
}
