import type { Params } from '../../core/distribution.js';
import { usageError } from '../../core/errors.js';
import { lastStep } from '../../core/last-step.js';
import type { StudySpec } from '../../core/spec.js';
import type { AskedStudy } from '../../proposals/asked/server.js';
import type { ConfigRecord, Storage } from '../../storage/storage.js';
import { type AskedContext, openAsked } from '../../study/ask/open-asked.js';
import { SeenAlive } from '../../study/ask/seen-alive.js';
import type { AttemptContext } from '../../study/attempt/attempt-context.js';
import { decideStep } from '../../study/attempt/step-decision.js';
import { assertInPlace } from '../../study/sweep/database-watch.js';
import type { StoredFeed } from '../../summaries/stored-feed.js';
import { frontJson, rankedJson } from '../result-json.js';
import { type AskedRows, mustBeAsked, reportTrial } from './asked-trial.js';
import { tellTrial } from './tell-trial.js';

type Opened = AskedContext &
  AttemptContext &
  AskedRows & {
    readonly spec: Pick<StudySpec, 'objectives' | 'metricConstraints'>;
    effectiveParams(config: Pick<ConfigRecord, 'params' | 'forced'>): Params;
    release(): Promise<void>;
  };

type Parts = {
  readonly storage: Storage;
  readonly study: Opened;
  readonly results: StoredFeed;
  readonly warn: (message: string) => void;
};

/** Returns an open study as a server of trials needs it. Closing it closes the storage. */
export function makeAskedStudy({ storage, study, results, warn }: Parts): AskedStudy {
  const seen = new SeenAlive(storage.liveness);
  const { objectives } = study.spec;
  return {
    name: study.name,
    objectives,
    async ask(held) {
      await assertInPlace(study);
      const { opened, exhausted } = await openAsked(study, 1, { seen, warn, held });
      const [one] = opened;
      if (one === undefined)
        throw usageError('study.exhausted', exhausted?.exhausted ?? 'nothing is left', {
          fix: 'stop asking, or widen the space',
        });
      const { number: trial, seed, repeat } = one.trial;
      return { trial, params: study.effectiveParams(one.config), seed: seed ?? study.seedOf(repeat) };
    },
    report: ({ trial, step, metrics }) =>
      reportTrial(study, trial, { step, metrics: metrics.map(([name, value]) => ({ name, value })) }),
    judge: (trial) => judge(study, trial),
    async tell({ trial, values, state, reason }) {
      const hasNaN = state === 'complete' && values.some(Number.isNaN);
      const told = hasNaN
        ? ({ values: [], state: 'fail', reason: reason ?? 'the objective is NaN' } as const)
        : { values, state, reason };
      const stored = await tellTrial(study, trial, told);
      await assertInPlace(study);
      return stored.state;
    },
    async best() {
      await results.update();
      const { model } = results.feed;
      if (objectives.length > 1) return model.front().map((each) => asText(frontJson(each, false)));
      return model.best(1).map((each) => asText({ ...rankedJson(each), values: each.values }));
    },
    async close() {
      await study.release();
      await storage.close();
    },
  };
}

/** JSON lacks some numbers. */
function asText<T extends { readonly values: readonly number[] }>(each: T): object {
  return { ...each, values: each.values.map((value) => (Number.isFinite(value) ? value : String(value))) };
}

/** Decides on a trial by what it has reported. It cannot be continued later, so that a scheduler only stops it. */
async function judge(
  study: AttemptContext & AskedRows,
  number: number,
): Promise<{ prune: boolean; reason: string }> {
  await mustBeAsked(study, number);
  if (study.pruner === null && study.scheduler === null) return { prune: false, reason: 'pruning is off' };
  const view = await study.view();
  const trial = view.configs.flatMap(({ trials }) => trials).find((each) => each.number === number);
  if (!trial || trial.steps.size === 0) return { prune: false, reason: 'nothing to decide on' };
  const last = lastStep(view, trial);
  const isLast = last !== null && Math.max(...trial.steps.keys()) >= last;
  const decided = await decideStep({ study, view, trial, isLast, resumable: false, canExploit: false });
  return decided.kind === 'prune'
    ? { prune: true, reason: decided.reason }
    : { prune: false, reason: 'it continues' };
}
