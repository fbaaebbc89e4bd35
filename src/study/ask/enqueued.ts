import type { Params, ParamValue } from '../../core/distribution.js';
import { drawUniform } from '../../core/draw.js';
import { inactiveNames, validate } from '../../core/partial-params.js';
import { makeRng, type Rng } from '../../core/rng.js';
import { paramsKey, type Resolved, resolve } from '../../core/space.js';
import type { StudyView } from '../../core/study-view.js';
import type { NewTrial, OpenedTrial, WaitingTrial } from '../../storage/storage.js';
import type { Study } from '../study.js';
import { toFilled } from './ask.js';
import { openedBy, type Runner } from './asked-trials.js';
import { toSuggest } from './define-by-run.js';

/** How often the sampler is asked for what is not fixed, until the whole is allowed and new. */
const SAMPLER_TRIES = 10;
/** Then uniform draws: the sampler may propose the same again and again. */
const TRIES = 100;

/** An enqueued trial that could not be run, for people to see. */
export type Refused = { readonly number: number; readonly reason: string };

/**
 * Starts the oldest enqueued trial that can be run; null when none waits. What it fixes stands, the sampler chooses the
 * rest. Those that cannot be run fail with their reason, so that they never block what stands behind them.
 */
export async function openEnqueued(
  study: Study,
  runner: Runner,
  nowMs: number,
  refused: (trial: Refused) => void,
): Promise<OpenedTrial | null> {
  for (const waiting of await study.storage.waiting(study.id)) {
    const opened = await tryToOpen(study, waiting, runner, nowMs);
    if (opened === 'taken') continue;
    if (typeof opened === 'object') return opened;
    if (await study.storage.rejectEnqueued(waiting.id, opened, nowMs))
      refused({ number: waiting.number, reason: opened });
  }
  return null;
}

/** The opened trial, `taken` by someone else, or why it cannot be run. */
async function tryToOpen(
  study: Study,
  waiting: WaitingTrial,
  runner: Runner,
  nowMs: number,
): Promise<OpenedTrial | string> {
  const trial = { repeat: 0, seed: study.seedOf(0), startedAtMs: nowMs, ...openedBy(runner) };
  if (study.spec.defineByRun) return openToSuggest(study, waiting, trial);
  const problem = validate(study.space, waiting.fixed);
  if (problem !== null) return `expected ${problem}`;
  for (;;) {
    const found = complete(study, await study.view(), waiting);
    if (typeof found === 'string') return found;
    const claimed = await study.storage.claim(
      waiting.id,
      toFilled(study.space, { resolved: found, key: paramsKey(found.given), attrs: {} }),
      trial,
    );
    // Held by a configuration that came since we looked: the next view has it.
    if (claimed !== 'held') return claimed;
  }
}

/** What fits is found out when the trial names its parameters: here nobody knows them. */
async function openToSuggest(
  study: Study,
  waiting: WaitingTrial,
  trial: NewTrial,
): Promise<OpenedTrial | string> {
  await study.learntSpace();
  const rng = makeRng(study.seed, 'enqueued', waiting.number, 0);
  const { params } = fillIn(study, await study.view(), waiting, rng, study.space.params.length > 0);
  const filled = toSuggest(
    `enqueued ${waiting.number}`,
    { ...params, ...(waiting.fixed as Params) },
    Object.keys(waiting.fixed),
    {},
  );
  return study.storage.claim(waiting.id, filled, trial);
}

function complete(study: Study, view: StudyView, waiting: WaitingTrial): Resolved | string {
  const held = new Set(view.configs.map((config) => config.key));
  let lastly = '';
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const rng = makeRng(study.seed, 'enqueued', waiting.number, attempt);
    const resolved = fillIn(study, view, waiting, rng, attempt < SAMPLER_TRIES);
    const missing = inactiveNames(waiting.fixed, resolved);
    if (resolved.forbidden) lastly = 'a constraint forbids it';
    else if (held.has(paramsKey(resolved.given))) lastly = 'the same configuration is tried already';
    else if (missing.length > 0) lastly = `${missing.join(', ')} would not be active in it`;
    else return resolved;
  }
  return lastly;
}

/** Samplers that go by an index have none to give here: what they would choose is drawn instead. */
function fillIn(
  study: Study,
  view: StudyView,
  { fixed }: WaitingTrial,
  rng: Rng,
  bySampler: boolean,
): Resolved {
  const chosen =
    bySampler && !study.samplerEntry.ignoresResults
      ? study.sampler.sample(study.space, view, { index: view.configs.length, rng })
      : null;
  const proposed = chosen && 'params' in chosen ? chosen.params : {};
  return resolve(study.space, ({ name, distribution }) => {
    if (Object.hasOwn(fixed, name)) return fixed[name] as ParamValue;
    const value = Object.hasOwn(proposed, name) ? proposed[name] : undefined;
    return value === undefined ? drawUniform(distribution, rng) : value;
  });
}
