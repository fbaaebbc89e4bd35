import { settle } from '../../core/allowed/place.js';
import type { Params } from '../../core/distribution.js';
import { inactiveNames, validate } from '../../core/partial-params.js';
import { drawing } from '../../core/prior-draw.js';
import { makeRng, type Rng } from '../../core/rng.js';
import { type ParamSpec, paramsKey, type Resolved } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import type { NewTrial, OpenedTrial, PartialParams } from '../../storage/storage.js';
import type { AskContext, SearchContext } from './ask-context.js';
import { openedBy, type Runner } from './asked-trials.js';
import { toFilled } from './propose.js';
import { toSuggest } from './proposed-point.js';

/** How often the sampler is asked for what is not fixed, until the whole is allowed and new. */
const SAMPLER_TRIES = 10;
/** Tries in all. After the sampler's, the rest is drawn uniformly: the sampler may repeat itself. */
const TRIES = 100;

/** An enqueued trial that could not be run, for people to see. */
export type Refused = { readonly number: number; readonly reason: string };

/** `onRefused` receives each enqueued trial that cannot be run. */
type Opening = {
  readonly runner: Runner;
  readonly nowMs: number;
  readonly onRefused: (trial: Refused) => void;
};

/** An enqueued trial that nobody has started, with the parameters that it was enqueued with. */
type WaitingTrial = { readonly id: number; readonly number: number; readonly fixed: PartialParams };

/**
 * Starts the oldest enqueued trial that can be run; null when none waits. The enqueued values stay, and the sampler
 * chooses the rest. A trial that cannot be run fails with its reason, so that it never blocks those behind it.
 */
export async function openEnqueued(
  study: AskContext,
  { runner, nowMs, onRefused }: Opening,
): Promise<OpenedTrial | null> {
  for (const { trial: waitingTrial, enqueued } of await study.storage.unfinished(study.id, 'waiting')) {
    const waiting = { id: waitingTrial.id, number: waitingTrial.number, fixed: enqueued ?? {} };
    const trial = { repeat: 0, seed: study.seedOf(0), startedAtMs: nowMs, ...openedBy(runner) };
    const opened = await tryToOpen(study, waiting, trial);
    if (opened === 'taken') continue;
    if (typeof opened === 'object') return opened;
    if (await study.storage.rejectEnqueued(waiting.id, opened, nowMs))
      onRefused({ number: waiting.number, reason: opened });
  }
  return null;
}

/** Returns the opened trial, `taken` when another process was first, or why the trial cannot be run. */
async function tryToOpen(
  study: AskContext,
  waiting: WaitingTrial,
  trial: NewTrial,
): Promise<OpenedTrial | string> {
  if (study.spec.defineByRun) return openToSuggest(study, waiting, trial);
  const problem = validate(study.space, waiting.fixed);
  if (problem !== null) return `expected ${problem}`;
  for (;;) {
    const { view } = await study.history();
    const found = await complete(study, view, waiting);
    if (typeof found === 'string') return found;
    const claimed = await study.storage.claimEnqueued(
      waiting.id,
      toFilled(study.space, { resolved: found, key: paramsKey(found.given), attrs: {} }),
      trial,
    );
    // Held by a configuration that was stored since the view was read. The next view has it.
    if (claimed !== 'duplicate') return claimed;
  }
}

/** Whether the values fit shows when the trial names its parameters: they are not known yet. */
async function openToSuggest(
  study: AskContext,
  waiting: WaitingTrial,
  trial: NewTrial,
): Promise<OpenedTrial | string> {
  await study.learntSpace();
  const rng = makeRng(study.seed, 'enqueued', waiting.number, 0);
  const { view } = await study.history();
  const { params } = await fillIn(study, view, waiting, rng, study.space.params.length > 0);
  const filled = toSuggest({
    key: `enqueued ${waiting.number}`,
    proposed: { ...params, ...(waiting.fixed as Params) },
    fixed: Object.keys(waiting.fixed),
  });
  return study.storage.claimEnqueued(waiting.id, filled, trial);
}

/** Returns a new and allowed point with the enqueued values, or why there is none. */
async function complete(
  study: SearchContext,
  view: StudyView,
  waiting: WaitingTrial,
): Promise<Resolved | string> {
  const tried = new Set(view.configs.map((config) => config.key));
  let lastReason = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const rng = makeRng(study.seed, 'enqueued', waiting.number, attempt);
    const resolved = await fillIn(study, view, waiting, rng, attempt < SAMPLER_TRIES);
    const missing = inactiveNames(waiting.fixed, resolved);
    if (resolved.forbidden) lastReason = 'a constraint forbids it';
    else if (tried.has(paramsKey(resolved.given))) lastReason = 'the same configuration is tried already';
    else if (missing.length > 0) lastReason = `${missing.join(', ')} would not be active in it`;
    else return resolved;
  }
  return lastReason;
}

/** Samplers that propose by index have no index here: what they would choose is drawn instead. */
async function fillIn(
  { space, sampler, samplerEntry }: SearchContext,
  view: StudyView,
  { fixed }: WaitingTrial,
  rng: Rng,
  bySampler: boolean,
): Promise<Resolved> {
  const proposal =
    bySampler && samplerEntry.reads !== 'nothing'
      ? await sampler.sample(space, view, { index: view.configs.length, rng })
      : null;
  const proposed = proposal && 'params' in proposal ? proposal.params : {};
  const draw = drawing(space, { index: view.configs.length, rng });
  const choose = (spec: ParamSpec) => {
    const value = Object.hasOwn(proposed, spec.name) ? proposed[spec.name] : undefined;
    return value === undefined ? draw(spec) : value;
  };
  return settle(space, choose, fixed as Params);
}
