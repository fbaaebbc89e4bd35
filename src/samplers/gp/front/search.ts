import { type Encoding, encodingOf } from '../../../core/encoding/encoding.js';
import { isFeasible } from '../../../core/metric-constraints.js';
import { crowdingDistances, nonDominatedRanks } from '../../../core/pareto.js';
import type { Space } from '../../../core/space.js';
import type { StudyView } from '../../../core/study-view.js';
import { type Acquisition, makeAcquisition, sumOf } from '../acquisition.js';
import { believing, constraintWishes, type Fitted, fitObjective, survivalWish } from '../model.js';
import type { Search } from '../search.js';
import { freeBoxes } from './boxes.js';
import { type FrontHistory, readFrontHistory } from './history.js';
import { makeFrontAcquisition, type Objective } from './log-improvement.js';
import { recallAll, rememberAll, type Thetas } from './memory.js';
import { makeNearness } from './nearness.js';
import { type Member, referenceOf } from './reference.js';

/** The boxes are made of so many members of the front, the least crowded; the search begins from the first of them. */
const MEMBERS = 64;
const ANCHORS = 8;
/** One of so many searches goes anywhere. */
const TURN = 2;
/** With a stronger bend, small values would be modeled as if each factor of ten were as much as all of the front. */
const MOST_BEND = Math.log(3);

const memo = new WeakMap<StudyView, { space: Space; search: Search | null }>();

/** Returns the search for what enlarges the front of two or three objectives the most; null without any observation. */
export function searchForFront(space: Space, view: StudyView): Search | null {
  const known = memo.get(view);
  if (known?.space === space) return known.search;
  const encoding = encodingOf(space);
  const history = readFrontHistory(view, encoding);
  const any = (history.observed[0]?.length ?? 0) > 0;
  const search = any ? makeSearch(encoding, history, recallAll(view, encoding.axes.length)) : null;
  memo.set(view, { space, search });
  return search;
}

function makeSearch(encoding: Encoding, history: FrontHistory, remembered: Thetas): Search {
  const { observed, running, failed, held } = history;
  const first = observed[0] ?? [];
  const fits = observed.map((of, k) =>
    fitObjective(encoding, of, remembered[k] ?? null, { mostBend: MOST_BEND, known: history.known }),
  );
  const objectives = fits.map((fit, k) => objectiveOf(encoding, fit, observed[k] ?? [], running));
  const lossesAt = (row: Float64Array) => objectives.map(({ posterior }) => posterior.mean(row));
  const membersOf = (rows: readonly Float64Array[]) =>
    rows.map((row): Member => ({ row, losses: lossesAt(row) }));
  // As with one objective: what the models expect of the tried configurations, because a result may be a lucky draw.
  const feasible = first.filter(({ constraints }) => isFeasible(constraints));
  const complete = feasible.filter((each) => each.complete);
  const members = membersOf((complete.length > 0 ? complete : feasible).map(({ row }) => row));
  const front = frontOf(members);
  const believed = frontOf([...front, ...membersOf(running)]);
  const wishes = [
    ...constraintWishes(encoding, first),
    ...survivalWish(encoding, { observed: first, failed }),
  ];
  const terms: Acquisition[] = [makeAcquisition(null, wishes, encoding.numbers)];
  let anchors: readonly { readonly row: Float64Array }[] = first;
  if (front.length > 0) {
    const reference = referenceOf(
      front,
      members,
      objectives.map(({ rate }) => rate),
    );
    const boxes = freeBoxes(
      believed.map(({ losses }) => losses),
      reference,
    );
    terms.push(makeFrontAcquisition(objectives, boxes, encoding.numbers));
    const center = centerOf(front, held.size);
    if (center) terms.push(makeNearness(center.row, encoding.numbers));
    anchors = center ? [center] : front;
  }
  return {
    acquisition: terms.reduce((sum, term) => sumOf(sum, term, encoding.numbers)),
    anchors: anchors.slice(0, ANCHORS).map(({ row }) => encoding.codes(row)),
    held,
    running,
    attrs: rememberAll(fits.map(({ theta }) => theta)),
  };
}

function objectiveOf(
  encoding: Encoding,
  fit: Fitted,
  observed: FrontHistory['observed'][number],
  running: readonly Float64Array[],
): Objective {
  const { posterior } = believing(encoding, { observed, running }, fit, 0);
  return { posterior, rate: fit.warped.rate };
}

/**
 * Returns the member of the front that a search stays near, one after the other; null for every second search. The ends of the front
 * and the corners of the space are where the models know the least, and in many dimensions there are more of them than trials.
 */
function centerOf(front: readonly Member[], tried: number): Member | null {
  const turn = Math.floor(tried / TURN);
  const isFree = tried % TURN === 0;
  return isFree ? null : (front[(tried - turn - 1) % front.length] as Member);
}

/** Returns the members that no other one dominates, the least crowded first. */
function frontOf(members: readonly Member[]): Member[] {
  const ranks = nonDominatedRanks(members.map(({ losses }) => losses));
  const front = members.filter((_, k) => ranks[k] === 0);
  const distances = crowdingDistances(front.map(({ losses }) => losses));
  const order = front.map((_, k) => k);
  order.sort((a, b) =>
    distances[a] === distances[b] ? a - b : (distances[b] as number) - (distances[a] as number),
  );
  return order.slice(0, MEMBERS).map((k) => front[k] as Member);
}
