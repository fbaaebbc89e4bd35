import { cardinality, contains, type ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { HpoError } from '../../core/errors.js';
import { planGrid } from '../../core/grid-plan.js';
import { rangeText } from '../../core/partial-params.js';
import { makeRng, type Rng } from '../../core/rng.js';
import { type ParamSpec, paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import type { Attrs } from '../../core/trial.js';
import type {
  FilledConfig,
  FirstTrial,
  OpenedTrial,
  PredictedIndex,
  TrialLimit,
} from '../../storage/storage.js';
import type { Study } from '../study.js';
import type { IndexPrediction } from './index-prediction.js';

/** After this many forbidden or tried proposals the sampler is left aside: it may be stuck on one point. */
const SAMPLER_TRIES = 100;
/** Then this many uniform draws, before a space too large to list counts as exhausted. */
const UNIFORM_TRIES = 10_000;
/** Spaces up to this size are listed, so that the last untried point is found for sure. */
const LIST_LIMIT = 20_000;

type Found = { readonly resolved: Resolved; readonly key: string; readonly attrs: Attrs };
/** Why there is no new configuration. `full`: the study has as many trials as its limit says. */
export type Exhausted = { readonly exhausted: string; readonly full?: true };

/** What a proposal is made from: a view, and whether a configuration of it has a key. */
export type History = { readonly view: StudyView; readonly isTried: (key: string) => boolean };

/**
 * Asks the sampler for a new configuration and opens its first trial. One that looks at no results is asked for the
 * place that is `expected` to come next, and one transaction stores what it says, or finds that it was another place.
 */
export async function askNext(
  study: Study,
  expected: IndexPrediction,
  trial: FirstTrial,
): Promise<OpenedTrial | Exhausted> {
  const place = expected.predict();
  if (place) {
    const opened = await proposeExpected(study, place, trial);
    if (opened) return opened;
    expected.reset();
  }
  const asked = await proposeNext(study, trial);
  const alone = study.samplerEntry.ignoresResults && !(await hasExternalTrials(study));
  if (alone && !('exhausted' in asked)) expected.observe(asked);
  return asked;
}

/** Null when the place was another one, or the first proposal is no new one; nothing is stored then. */
async function proposeExpected(
  study: Study,
  place: PredictedIndex,
  trial: FirstTrial,
): Promise<OpenedTrial | null> {
  const found = findNew(study, emptyHistory(study), place.index, 0);
  if ('exhausted' in found) return null;
  return study.storage.commitPredicted(study.id, place, toFilled(study.space, found), trial);
}

/** Samples outside any transaction until a new, allowed configuration is stored under an allotted index. */
async function proposeNext(study: Study, trial: FirstTrial): Promise<OpenedTrial | Exhausted> {
  const { storage, space } = study;
  const { configId, index } = await storage.reserveIndex(study.id, study.owner);
  for (let conflicts = 0; ; conflicts++) {
    const known = conflicts === 0 ? await historyToAsk(study) : await study.history();
    const found = await orRelease(study, configId, () => findNew(study, known, index, conflicts));
    if ('exhausted' in found) {
      await storage.releaseIndex(configId);
      return found;
    }
    const opened = await storage.commitConfiguration(configId, toFilled(space, found), trial);
    if (opened) return opened;
    const full = await fullness(study, trial.limit);
    if (full) {
      await storage.releaseIndex(configId);
      return full;
    }
    // A conflict: the configuration is held, by another asker since we looked or unseen. The next view has it.
  }
}

/** A total of trials, as the storage keeps to it. */
export function limitOf({ spec }: Study, budget: number | null): TrialLimit | null {
  return budget === null ? null : { trials: budget, repeats: spec.repeats };
}

/** Not null when the study has as many trials as the limit says: it gets no new configuration. */
export async function fullness({ storage, id }: Study, limit: TrialLimit | null): Promise<Exhausted | null> {
  if (limit === null) return null;
  const { trials, committed } = await storage.countCommitted(id, limit.repeats);
  if (committed < limit.trials) return null;
  const missing = committed > trials ? `, and ${committed - trials} repeats to come` : '';
  return { exhausted: `the study has ${trials} trials${missing}, the budget is ${limit.trials}`, full: true };
}

/** A sampler of the user's own may throw: its index is not lost for that. */
export async function orRelease<T>({ storage }: Study, configId: number, propose: () => T): Promise<T> {
  try {
    return propose();
  } catch (error) {
    await storage.releaseIndex(configId);
    throw error;
  }
}

/**
 * What a first proposal needs: an empty view for a sampler that looks at no results, so that a sweep of any length
 * needs no growing memory. What other programs tried has no unique key, so with their trials all is read.
 */
async function historyToAsk(study: Study): Promise<History> {
  if (!study.samplerEntry.ignoresResults || (await hasExternalTrials(study))) return study.history();
  return emptyHistory(study);
}

function emptyHistory({ directions, seed }: Study): History {
  return { view: { directions, seed, configs: [] }, isTried: () => false };
}

async function hasExternalTrials({ storage, id }: Study): Promise<boolean> {
  return (await storage.countExternalTrials(id)) > 0;
}

/** A proposal as a configuration to store. */
export function toFilled(space: Space, { resolved: { params, forced }, key, attrs }: Found): FilledConfig {
  return { params, forced, key, distributions: distributionsOf(space), attrs };
}

const distributions = new WeakMap<Space, FilledConfig['distributions']>();
function distributionsOf(space: Space): FilledConfig['distributions'] {
  let all = distributions.get(space);
  if (!all) {
    all = Object.fromEntries(space.params.map(({ name, distribution }) => [name, distribution]));
    distributions.set(space, all);
  }
  return all;
}

/** The sampler's first proposal that is new and allowed, else another point of the space. */
export function findNew(
  { space, seed, sampler }: Study,
  { view, isTried: has }: History,
  index: number,
  conflicts: number,
): Found | Exhausted {
  for (let attempt = 0; attempt < SAMPLER_TRIES; attempt++) {
    const proposal = sampler.sample(space, view, {
      index,
      rng: makeRng(seed, 'ask', index, conflicts, attempt),
    });
    if ('exhausted' in proposal) return proposal;
    const resolved = resolve(space, (spec) => checked(spec, proposal.params[spec.name]));
    const found = ifNew(resolved, has, proposal.attrs);
    if (found) return found;
  }
  return searchUniformly(space, has, makeRng(seed, 'ask-uniform', index, conflicts));
}

/** Null when the point is forbidden or tried. */
function ifNew(resolved: Resolved, has: History['isTried'], attrs: Attrs = {}): Found | null {
  if (resolved.forbidden) return null;
  const key = paramsKey(resolved.given);
  return has(key) ? null : { resolved, key, attrs };
}

function searchUniformly(space: Space, has: History['isTried'], rng: Rng): Found | Exhausted {
  const points = listedPoints(space);
  if (points) {
    const left = points.flatMap((point) => ifNew(point, has) ?? []);
    if (left.length === 0) return { exhausted: `all ${points.length} configurations of the space are tried` };
    return left[rng.int(left.length)] as Found;
  }
  for (let attempt = 0; attempt < UNIFORM_TRIES; attempt++) {
    const found = ifNew(
      resolve(space, (spec) => drawUniform(spec.distribution, rng)),
      has,
    );
    if (found) return found;
  }
  return { exhausted: `no allowed configuration in ${UNIFORM_TRIES} draws: all are tried or forbidden` };
}

/** All points that a sampler may propose, where they are few enough to be listed; else null. */
export function listedPoints(space: Space): readonly Resolved[] | null {
  const size = space.params.reduce((product, spec) => product * cardinality(spec.distribution), 1);
  return size <= LIST_LIMIT ? planGrid(withoutSteps(space)).points : null;
}

const whole = new WeakMap<Space, Space>();
/** `steps` thins out a range for the grid alone; here every point counts. */
function withoutSteps(space: Space): Space {
  let copy = whole.get(space);
  if (!copy) {
    copy = { ...space, params: space.params.map(({ steps: _, ...spec }) => spec) };
    whole.set(space, copy);
  }
  return copy;
}

/** A sampler's word is checked before it is stored: Optuna refuses a value outside its distribution for ever. */
function checked(spec: ParamSpec, value: ParamValue | undefined): ParamValue {
  if (value !== undefined && contains(spec.distribution, value)) return value;
  const range = rangeText(spec.distribution);
  throw new HpoError(
    'sampler.bad-proposal',
    `the sampler proposed ${JSON.stringify(value)} for ${spec.name}, which is ${range}`,
  );
}
