import { cardinality, contains, type ParamValue } from '../core/distribution.js';
import { drawUniform } from '../core/draw.js';
import { HpoError } from '../core/errors.js';
import { rangeText } from '../core/fixed.js';
import { planGrid } from '../core/grid-plan.js';
import { makeRng, type Rng } from '../core/rng.js';
import { givenKey, type ParamSpec, type Resolved, resolve, type Space } from '../core/space.js';
import type { StudyView } from '../core/study-view.js';
import type { Attrs } from '../core/trial.js';
import type { FilledConfig, NewTrial, OpenedTrial } from '../storage/storage.js';
import { HeldKeys } from './held-keys.js';
import type { Study } from './study.js';

/** After this many forbidden or tried proposals the sampler is left aside: it may be stuck on one point. */
const SAMPLER_TRIES = 100;
/** Then this many uniform draws, before a space too large to list counts as exhausted. */
const UNIFORM_TRIES = 10_000;
/** Spaces up to this size are listed, so that the last untried point is found for sure. */
const LIST_LIMIT = 20_000;

type Place = { readonly configId: number; readonly index: number };
type Found = { readonly resolved: Resolved; readonly attrs: Attrs };

/** The middle of ask: samples outside any transaction until a new, allowed configuration is stored. */
export async function proposeNext(
  study: Study,
  place: Place,
  trial: NewTrial,
): Promise<OpenedTrial | { exhausted: string }> {
  const { storage, space } = study;
  for (let conflicts = 0; ; conflicts++) {
    const view = conflicts === 0 ? await study.askView() : await study.view();
    const found = findNew(study, view, place.index, conflicts);
    if ('exhausted' in found) {
      await storage.releaseIndex(place.configId);
      return found;
    }
    const filled = fillOf(space, found.resolved, found.attrs);
    const opened = await storage.fillConfiguration(place.configId, filled, trial);
    // A conflict: the configuration is held, by another asker since we looked or unseen. The next view has it.
    if (opened) return opened;
  }
}

/** A resolved point as a configuration to store. */
export function fillOf(space: Space, { params, forced, given }: Resolved, attrs: Attrs): FilledConfig {
  const distributions = Object.fromEntries(
    space.params.filter((spec) => spec.name in params).map((spec) => [spec.name, spec.distribution]),
  );
  return { params, forced, key: givenKey(given), distributions, attrs };
}

function findNew(
  study: Study,
  view: StudyView,
  index: number,
  conflicts: number,
): Found | { exhausted: string } {
  const { space, seed, sampler } = study;
  const held = heldKeys(study, view);
  for (let attempt = 0; attempt < SAMPLER_TRIES; attempt++) {
    const proposal = sampler.sample(space, view, {
      index,
      rng: makeRng(seed, 'ask', index, conflicts, attempt),
    });
    if ('exhausted' in proposal) return proposal;
    const resolved = resolve(space, (spec) => checked(spec, proposal.params[spec.name]));
    if (isNew(resolved, held)) return { resolved, attrs: proposal.attrs ?? {} };
  }
  return searchUniformly(space, held, makeRng(seed, 'ask-uniform', index, conflicts));
}

const heldKeysOf = new WeakMap<Study, HeldKeys>();
function heldKeys(study: Study, view: StudyView): ReadonlySet<string> {
  let keys = heldKeysOf.get(study);
  if (!keys) {
    keys = new HeldKeys();
    heldKeysOf.set(study, keys);
  }
  return keys.of(view.configs);
}

function searchUniformly(space: Space, held: ReadonlySet<string>, rng: Rng): Found | { exhausted: string } {
  if (space.params.reduce((size, spec) => size * cardinality(spec.distribution), 1) <= LIST_LIMIT) {
    const { points } = planGrid(withoutSteps(space));
    const left = points.filter((point) => isNew(point, held));
    if (left.length === 0) return { exhausted: `all ${points.length} configurations of the space are tried` };
    return { resolved: left[rng.int(left.length)] as Resolved, attrs: {} };
  }
  for (let attempt = 0; attempt < UNIFORM_TRIES; attempt++) {
    const resolved = resolve(space, (spec) => drawUniform(spec.distribution, rng));
    if (isNew(resolved, held)) return { resolved, attrs: {} };
  }
  return { exhausted: `no allowed configuration in ${UNIFORM_TRIES} draws: all are tried or forbidden` };
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

function isNew(resolved: Resolved, held: ReadonlySet<string>): boolean {
  return !resolved.forbidden && !held.has(givenKey(resolved.given));
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
