import { enqueuePoint } from '../control/enqueue.js';
import type { Params } from '../core/distribution.js';
import { usageError } from '../core/errors.js';
import type { FunctionTrial } from '../executors/function/trial.js';
import { ResultsFeed } from '../results/results-feed.js';
import { isClosed } from '../storage/validation.js';
import type { Study as StoredStudy } from '../study/study.js';
import { addTrial } from './add-trial.js';
import { Asked } from './asked.js';
import type { OptimizeOptions, RunOptions } from './call-options.js';
import { Improvements } from './improvements.js';
import { TrialLoop } from './loop.js';
import { QUIET_MS } from './open-trials.js';
import type { Call } from './optimize.js';
import { OPTIMIZE_OPTIONS, RUN_OPTIONS, resolveOptions } from './optimize-options.js';
import { Runs } from './runs.js';
import { bestOf, bestTrialsOf, frontOf, importanceOf } from './study-results.js';
import { listTrials } from './trial-list.js';
import type { RunningTrial, Study } from './types.js';
import type { Completion } from './values.js';

/** Returns the library's study over a stored one. The types of its parameters and values are the caller's claim. */
export function makeStudy(study: StoredStudy) {
  return (closeStorage: () => Promise<void>): Study<object, string> => {
    const runs = new Runs(study.name);
    const asked = new Asked(study);
    const results = new ResultsFeed(study.storage, study);
    const { objectives } = study.spec;
    const metrics = objectives.map(({ metric }) => metric);
    const improvements = new Improvements(results, () => metrics);
    let closing: Promise<void> | null = null;
    const closeAll = async () => {
      await runs.end();
      await asked.settled();
      await study.release();
      await closeStorage();
    };
    /** A shared storage is still open after the study is closed. */
    const assertOpen = () => {
      if (closing) throw isClosed(study.storage.url);
    };
    const read = async () => {
      assertOpen();
      return results.read();
    };
    const call = (signal: AbortSignal | undefined, part: Omit<Call, 'improvements'>) => {
      assertOpen();
      return runs.run(signal, part.loop, async (stops) => {
        // Loaded only here: ask and tell need neither the loop nor slots.
        const { runCall } = await import('./optimize.js');
        return runCall(study, { ...part, improvements }, stops);
      });
    };
    const close = async () => {
      closing ??= closeAll();
      // An objective or a callback would wait for itself: then the storage closes when the calls have ended.
      if (!runs.areAround) await closing;
    };
    const ask = async (count?: number) => {
      assertOpen();
      return count === undefined ? asked.ask() : asked.askBatch(count);
    };
    const paretoFront = async () => frontOf(await read());
    return {
      name: study.name,
      run(options: RunOptions = {}): AsyncIterableIterator<RunningTrial<object, Completion<string>>> {
        const resolved = resolveOptions(options, objectives.length, RUN_OPTIONS);
        const drain = new AbortController();
        const loop: AsyncIterableIterator<RunningTrial> = new TrialLoop({
          start: async (loop) => {
            const runner = (trial: FunctionTrial) => loop.objective(trial);
            // An end that the program gives is no error of the call.
            const all = { ...options, catch: true };
            const ended = await call(options.signal, {
              runner,
              options: all,
              resolved,
              loop,
              drain: drain.signal,
            });
            if (options.onEnd) await options.onEnd(ended);
            else if (/failures$/.test(ended.end))
              process.emitWarning(`study ${study.name} stopped early: ${ended.detail}`, 'HpoWarning');
            return ended;
          },
          drain: () => drain.abort(),
          writeAttrs: (number, attrs) => study.storage.writeTrialAttributes(study.id, number, attrs),
          metrics,
          concurrency: resolved.concurrency,
          retries: resolved.failures.retries > 0,
          abortReason: () => (options.signal?.aborted ? options.signal.reason : undefined),
          quietMs: QUIET_MS,
          warn: (error) => process.emitWarning(error instanceof Error ? error : String(error)),
        });
        return loop as AsyncIterableIterator<RunningTrial<object, Completion<string>>>;
      },
      async optimize(objective, options: OptimizeOptions = {}) {
        assertOpen();
        const resolved = resolveOptions(options, objectives.length, OPTIMIZE_OPTIONS);
        return call(options.signal, { runner: objective, options, resolved, loop: null, drain: null });
      },
      stop: () => runs.stop(),
      ask: ask as Study<object, string>['ask'],
      async tell(trial, result) {
        assertOpen();
        const number = typeof trial === 'number' ? trial : trial.number;
        await asked.tell(number, result);
        if (improvements.isWanted) await improvements.check(number);
      },
      async enqueue(params) {
        assertOpen();
        return enqueuePoint(study, { ...params } as Params);
      },
      async addTrial(trial) {
        assertOpen();
        const number = await addTrial(study, trial);
        if (improvements.isWanted) await improvements.check(number);
        return number;
      },
      best: async () => bestOf(await read(), objectives),
      bestTrials: async () => bestTrialsOf(await read(), objectives),
      paretoFront,
      front: paretoFront,
      async trials(filter = {}) {
        assertOpen();
        return listTrials(study, filter);
      },
      importance: async (options = {}) => importanceOf(await read(), objectives, options),
      on(event, listener) {
        if (event !== 'improved' || typeof listener !== 'function')
          throw usageError('study.event', `expected 'improved' and a function, got ${String(event)}`);
        return improvements.add(listener);
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  };
}
