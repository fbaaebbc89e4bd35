import { enqueuePoint } from '../control/enqueue.js';
import type { Params } from '../core/distribution.js';
import { HpoError, usageError } from '../core/errors.js';
import { ResultsFeed } from '../results/results-feed.js';
import type { RankedConfiguration } from '../results/results-model.js';
import type { DatabaseFile, TrialRow, UnfinishedTrial } from '../storage/storage.js';
import { isClosed } from '../storage/validation.js';
import { openAbandoned } from '../study/ask/asked-trials.js';
import type { Study as StoredStudy } from '../study/study.js';
import { DatabaseWatch } from '../study/sweep/database-watch.js';
import { AskedTrialRun } from './asked-trial.js';
import { Runs } from './runs.js';
import { toEnding } from './tell.js';
import type { Best, ParetoPoint, Study, TrialSummary } from './types.js';

const PAGE = 1000;

/** Returns the library's study over a stored one. The types of its parameters are the caller's claim. */
export function makeStudy(study: StoredStudy): Study {
  const asked = new Map<number, AskedTrialRun>();
  const runs = new Runs();
  const results = new ResultsFeed(study.storage, study);
  let closing: Promise<void> | null = null;
  const close = async () => {
    await runs.end();
    await Promise.allSettled([...asked.values()].map((one) => one.settled()));
    await study.storage.close();
  };
  return {
    name: study.name,
    async optimize(objective, options = {}) {
      if (closing) throw isClosed(study.storage.url);
      return runs.run(options.signal, async (stops) => {
        // Loaded only here: ask and tell need neither the loop nor slots.
        const { optimize } = await import('./optimize.js');
        return optimize(study, objective, options, stops);
      });
    },
    stop: () => runs.stop(),
    async ask() {
      await assertInPlace(study);
      const warn = (message: string) => process.emitWarning(message, 'HpoWarning');
      const self = { asker: study.owner };
      const opened =
        (await openAbandoned(study, self, Date.now())) ??
        (await study.openEnqueued(self, Date.now(), ({ number, reason }) =>
          warn(`trial ${number} was enqueued, but not run: ${reason}`),
        )) ??
        (await study.ask(self, Date.now()));
      if ('exhausted' in opened)
        throw usageError('study.exhausted', opened.exhausted, { fix: 'stop asking, or widen the space' });
      const one = new AskedTrialRun(study, opened);
      asked.set(one.trial.number, one);
      return one.trial;
    },
    async tell(trial, result) {
      const number = typeof trial === 'number' ? trial : trial.number;
      const one = asked.get(number) ?? null;
      await one?.settled();
      const id = one?.id ?? (await askedElsewhere(study, number));
      const ending = toEnding(study.spec.objectives, result, one, Date.now());
      if (id === null || !(await study.tell(id, null, ending)))
        throw usageError('trial.finished', `expected a running trial from ask(), got trial ${number}`);
      asked.delete(number);
      await assertInPlace(study);
    },
    async enqueue(params) {
      return enqueuePoint(study, { ...params } as Params);
    },
    async best() {
      if (study.spec.objectives.length > 1) {
        throw usageError(
          'study.several-objectives',
          'expected a study with one objective, got several: no single trial is best',
          { fix: 'study.paretoFront()' },
        );
      }
      // The feasible ones come first.
      const [found] = (await results.read()).best(1);
      return found?.feasible ? toBest(found) : null;
    },
    async paretoFront() {
      return (await results.read()).front().map(
        ({ params, values, std, trialCount, trials }): ParetoPoint => ({
          params,
          values,
          std,
          trialCount,
          trials,
        }),
      );
    },
    async trials() {
      const all: TrialSummary[] = [];
      for (let from = 0; ; from += PAGE) {
        const rows = await study.storage.rows(study.id, from, PAGE);
        if (rows.length === 0) return all;
        all.push(...rows.map(toSummary));
      }
    },
    async close() {
      closing ??= close();
      // An objective or a callback would wait for itself: then the storage closes when the calls have ended.
      if (!runs.areAround) await closing;
    },
  };
}

/** @throws StorageLost, with a copy of everything stored, when the database was deleted or moved. */
async function assertInPlace({ storage }: { readonly storage: DatabaseFile }): Promise<void> {
  const watch = new DatabaseWatch(storage, () => {});
  if (!(await watch.check())) throw await watch.explain(null);
}

type Unfinished = { findUnfinished(number: number): Promise<UnfinishedTrial | null> };

/** Returns the id of a trial that another process asked for, or this one before it opened the study again; else null. */
async function askedElsewhere(study: Unfinished, number: number): Promise<number | null> {
  const found = await study.findUnfinished(number);
  if (!found || found.trial.configId === null) return null;
  if (found.attempt === null) return found.trial.id;
  throw new HpoError(
    'trial.not-asked',
    `trial ${number} belongs to a running search, which records its result`,
    { usage: true },
  );
}

function toBest({ params, values, std, trialCount, trials }: RankedConfiguration): Best {
  return { params, value: values[0] as number, std: std?.[0] ?? null, trialCount, trials };
}

function toSummary(row: TrialRow): TrialSummary {
  const { number, state, values, metrics, seed, reason, startedAtMs, finishedAtMs } = row;
  const params = { ...row.params, ...row.forced };
  return { number, state, params, values, metrics, seed, reason, startedAtMs, finishedAtMs };
}
