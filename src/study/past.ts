import type { Params } from '../core/distribution.js';
import { inactiveNames, problemOf, wholePoint } from '../core/fixed.js';
import { givenKey } from '../core/space.js';
import { toFilled } from './ask.js';
import type { Study } from './study.js';

/** A trial that ran elsewhere. */
export type PastTrial = {
  readonly params: Params;
  /** One for each objective, none NaN. */
  readonly values: readonly number[];
  /** What else is known of it, by the metric's name; objectives among them. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
};

/**
 * Takes a trial that ran elsewhere into a study, complete, as Optuna's `add_trial` does: its number, or why it has no
 * place there. It takes no index, so that what a sampler proposes by number stays the same.
 */
export async function addPastTrial(study: Study, past: PastTrial): Promise<number | string> {
  const { space, storage } = study;
  const problem = problemOf(space, past.params);
  if (problem !== null) return `expected ${problem}`;
  const resolved = wholePoint(space, past.params);
  if (!resolved) return 'some of its parameters are missing';
  const inactive = inactiveNames(past.params, resolved);
  if (inactive.length > 0) return `conditions leave out ${inactive.join(', ')}`;
  if (resolved.forbidden) return 'a constraint forbids it';
  const key = givenKey(resolved.given);
  if ((await study.known()).has(key)) return 'the study has this configuration already';
  const [number = 0] = await storage.enqueue(study.id, [past.params]);
  const waiting = (await storage.waiting(study.id)).find((trial) => trial.number === number);
  if (!waiting) return 'a sweep that runs took it to run it';
  const claimed = await storage.claim(waiting.id, toFilled(space, { resolved, key, attrs: {} }), {
    repeat: 0,
    seed: study.seedOf(0),
    startedAtMs: past.startedAtMs,
    attempt: null,
  });
  if (claimed === 'taken') return 'a sweep that runs took it to run it';
  if (claimed === 'held') {
    await storage.refuse(waiting.id, 'the same configuration is tried already', past.finishedAtMs);
    return 'the study has this configuration already';
  }
  const objectives = study.spec.objectives.map(({ metric }) => metric);
  await study.report(
    claimed.trial.id,
    null,
    Object.entries(past.metrics).map(([name, value]) => ({
      name,
      step: null,
      value,
      objective: objectives.length === 1 && name === objectives[0],
    })),
  );
  await study.tell(claimed.trial.id, null, {
    state: 'complete',
    values: past.values,
    exitCode: null,
    reason: 'imported',
    finishedAtMs: past.finishedAtMs,
  });
  return number;
}
