import { isSamePrior } from '../core/prior.js';
import type { ParamSpec, Space } from '../core/space.js';
import type { ChangeFeed, StudyReader, StudyStore } from '../storage/storage.js';
import { changedChoices } from './choice-changes.js';

/** Returns whether two spaces have the same priors, whenever these were given. */
export function haveSamePriors(a: Space, b: Space): boolean {
  const names = new Set([...a.params, ...b.params].map(({ name }) => name));
  return [...names].every((name) => isSamePrior(paramOf(a, name)?.prior, paramOf(b, name)?.prior));
}

/** Returns a space with the priors of another one; the same object when it has them already. */
export function withPriorsOf(space: Space, from: Space): Space {
  if (haveSamePriors(space, from)) return space;
  const params = space.params.map(({ prior: _, ...spec }) => {
    const prior = paramOf(from, spec.name)?.prior;
    return { ...spec, ...(prior && { prior }) };
  });
  return { ...space, params };
}

/**
 * Returns the space that a study gets, in which a prior that is new or says something else begins now, and any other keeps its
 * age. So a resumed study proposes what it would have proposed.
 */
export async function withPriorAges(
  storage: ChangeFeed,
  studyId: number,
  { stored, now }: { readonly stored: Space; readonly now: Space },
): Promise<Space> {
  if (now.params.every(({ prior }) => prior === undefined)) return now;
  // Weights belong to the choices in the order of their list.
  const relisted = changedChoices(stored, now);
  const isSame = haveSamePriors(stored, now) && Object.keys(relisted).length === 0;
  const since = isSame ? 0 : await nextIndex(storage, studyId);
  const params = now.params.map((spec) => {
    if (!spec.prior) return spec;
    const before = paramOf(stored, spec.name)?.prior;
    const isKept =
      before !== undefined && isSamePrior(before, spec.prior) && !Object.hasOwn(relisted, spec.name);
    return { ...spec, prior: isKept ? before : { ...spec.prior, since } };
  });
  return { ...now, params };
}

/** Tells running sweeps to read the search of the study again: they look whenever its control was written. */
export async function announceSearch(
  storage: Pick<StudyReader, 'readControl'> & StudyStore,
  studyId: number,
): Promise<void> {
  const { revision, control } = await storage.readControl(studyId);
  // When it fails, another process wrote one, and they look as well.
  await storage.writeControl(studyId, control, revision);
}

async function nextIndex(storage: ChangeFeed, studyId: number): Promise<number> {
  const { configs } = await storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] });
  return configs.reduce((next, { index }) => Math.max(next, index + 1), 0);
}

function paramOf({ params }: Space, name: string): ParamSpec | undefined {
  return params.find((spec) => spec.name === name);
}
