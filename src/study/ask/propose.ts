import { listAllowed } from '../../core/allowed/list.js';
import { drawAllowed, settle } from '../../core/allowed/place.js';
import { cardinality, contains, type ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { HpoError } from '../../core/errors.js';
import { planGrid } from '../../core/grid-plan.js';
import { rangeText } from '../../core/partial-params.js';
import { makeRng, type Rng } from '../../core/rng.js';
import { type ParamSpec, paramsKey, type Resolved, resolve, type Space } from '../../core/space.js';
import type { Attrs } from '../../core/trial.js';
import type { FilledConfig } from '../../storage/storage.js';
import type { History, SearchContext } from './ask-context.js';

/** After this many forbidden or tried proposals the sampler is not asked any more: it may be stuck on one point. */
const SAMPLER_TRIES = 100;
/** Forbidden proposals before the others move to the nearest points that the constraints allow. */
const FREE_TRIES = 3;
/** After this many uniform draws a space that is too large to list counts as exhausted. */
const UNIFORM_TRIES = 10_000;
/** Spaces up to this size are listed, so that the last untried point is always found. */
const LIST_LIMIT = 20_000;
/** Larger ones are, where constraints allow no more points than this. */
const ALLOWED_LIMIT = 2_000;

/** A new and allowed configuration. */
export type Proposed = { readonly resolved: Resolved; readonly key: string; readonly attrs: Attrs };
/** Why there is no new configuration. `full`: the study has as many trials as its limit allows. */
export type Exhausted = { readonly exhausted: string; readonly full?: true };

/**
 * Returns the sampler's first proposal that is new and allowed, or else another point of the space. `again`: how often it was asked
 * for the same index before.
 */
export async function proposeNew(
  { space, seed, sampler }: SearchContext,
  { view, isTried }: History,
  index: number,
  conflicts: number,
  again = 0,
): Promise<Proposed | Exhausted> {
  for (let attempt = 0; attempt < SAMPLER_TRIES; attempt++) {
    const sampled = sampler.sample(space, view, {
      index,
      rng: makeRng(seed, 'ask', index, conflicts, attempt + again * SAMPLER_TRIES),
    });
    // Most are there at once.
    const proposal = 'then' in sampled ? await sampled : sampled;
    if ('exhausted' in proposal) return proposal;
    const asProposed = resolve(space, (spec) => checked(spec, proposal.params[spec.name]));
    const isMoved = asProposed.forbidden && attempt >= FREE_TRIES;
    const resolved = isMoved
      ? movedTo(space, asProposed, makeRng(seed, 'ask-moved', index, attempt))
      : asProposed;
    const found = ifNew(resolved, isTried, proposal.attrs);
    if (found) return found;
  }
  return searchUniformly(
    space,
    isTried,
    makeRng(seed, 'ask-uniform', index, conflicts, ...(again > 0 ? [again] : [])),
  );
}

/** Returns the nearest allowed point. What is active in it alone is drawn. */
function movedTo(space: Space, { params }: Resolved, rng: Rng): Resolved {
  return settle(space, ({ name, distribution }) =>
    Object.hasOwn(params, name) ? (params[name] as ParamValue) : drawUniform(distribution, rng),
  );
}

/** Returns null when the point is forbidden or tried. */
function ifNew(resolved: Resolved, isTried: History['isTried'], attrs: Attrs = {}): Proposed | null {
  if (resolved.forbidden) return null;
  const key = paramsKey(resolved.given);
  return isTried(key) ? null : { resolved, key, attrs };
}

function searchUniformly(space: Space, isTried: History['isTried'], rng: Rng): Proposed | Exhausted {
  const points = listedPoints(space);
  if (points) {
    const left = points.flatMap((point) => ifNew(point, isTried) ?? []);
    if (left.length === 0) return { exhausted: `all ${points.length} configurations of the space are tried` };
    return left[rng.int(left.length)] as Proposed;
  }
  for (let attempt = 0; attempt < UNIFORM_TRIES; attempt++) {
    const found = ifNew(drawAllowed(space, rng), isTried);
    if (found) return found;
  }
  return { exhausted: `no allowed configuration in ${UNIFORM_TRIES} draws: all are tried or forbidden` };
}

/** Returns all points that a sampler may propose; null when there are too many to list. */
export function listedPoints(space: Space): readonly Resolved[] | null {
  const size = space.params.reduce((product, spec) => product * cardinality(spec.distribution), 1);
  return size <= LIST_LIMIT ? planGrid(withoutSteps(space)).points : listAllowed(space, ALLOWED_LIMIT);
}

const whole = new WeakMap<Space, Space>();
/** `steps` thins out a range for the grid sampler alone. Here every point counts. */
function withoutSteps(space: Space): Space {
  let copy = whole.get(space);
  if (!copy) {
    copy = { ...space, params: space.params.map(({ steps: _, ...spec }) => spec) };
    whole.set(space, copy);
  }
  return copy;
}

/** Checks a sampler's value before it is stored: Optuna never opens a study with a value outside its distribution. */
function checked(spec: ParamSpec, value: ParamValue | undefined): ParamValue {
  if (value !== undefined && contains(spec.distribution, value)) return value;
  const range = rangeText(spec.distribution);
  throw new HpoError(
    'sampler.bad-proposal',
    `the sampler proposed ${JSON.stringify(value)} for ${spec.name}, which is ${range}`,
  );
}

/** Returns a proposal as the configuration to store. */
export function toFilled(space: Space, { resolved: { params, forced }, key, attrs }: Proposed): FilledConfig {
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
