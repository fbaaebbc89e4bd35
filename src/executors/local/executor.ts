import { existsSync } from 'node:fs';
import type { RunMetric } from '../../core/run-metrics.js';
import { makeLineParser } from '../../protocol/formats/registry.js';
import type { Executor, RunnableAttempt } from '../executor.js';
import { endedWithProgram } from '../function/ended-with-program.js';
import { handleKind } from '../handle.js';
import type { TrainerSetup } from '../trainer-setup.js';
import { withPossibleEnd, withWitnessedEnd } from '../witnessed-end.js';
import { makeCheckpoints } from './checkpoints.js';
import { makeLocalControl } from './control.js';
import { descent } from './descent.js';
import type { FollowedAttempt } from './follow-attempt.js';
import { localHandler } from './handler.js';
import { launchAttempt } from './launch.js';
import { PARAMS_OMITTED, paramsVariable } from './params-file.js';
import { attemptFiles, newAttemptDir } from './paths.js';
import { checkCommand } from './placeholders.js';
import { checkPlatform } from './platform.js';
import { endOfLost, reattachAttempt } from './reattach.js';
import { DEFAULT_STOP_TIMES, endProcesses, type StopTimes } from './stop.js';
import type { Launch } from './supervisor.js';
import { usageCommand } from './usage.js';

/**
 * Runs trainers as processes of this machine that outlive hpo. Linux is supported in full; on macOS processes that left
 * their group are not found.
 * @throws HpoError (usage) as `checkPlatform` on Windows, as `checkCommand` for a bad command, and as
 * `usageCommand` where it cannot measure what is asked for.
 */
export function makeLocalExecutor(
  setup: TrainerSetup,
  times: StopTimes = setup.guard
    ? { ...DEFAULT_STOP_TIMES, graceMs: setup.guard.graceMs }
    : DEFAULT_STOP_TIMES,
): Executor {
  checkPlatform();
  checkCommand(setup.command, setup.parameters);
  // A mistake in the format belongs to the sweep and not to a trial.
  makeLineParser(setup.metrics);
  const measure = measureOf(setup.measured);
  // One warning is enough: most trials of a sweep have parameters of the same size.
  let hasWarnedOfParams = false;
  const followed = (attempt: RunnableAttempt, isReattached: boolean): FollowedAttempt => ({
    files: attemptFiles(attempt.handle, attempt.trial),
    attempt,
    isReattached,
    handler: localHandler({ ...attempt, dir: attempt.handle, isReattached, times }),
    isShared: false,
    limits: setup.limits,
    metrics: setup.metrics,
    measured: setup.measured,
  });
  /** Once an attempt has ended, nothing of it ends with the lease. */
  const guarded = async <T>(attempt: RunnableAttempt, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } finally {
      setup.guard?.release({ ...attempt, dir: attempt.handle });
    }
  };
  return {
    ...makeLocalControl(times),
    kind: 'local',
    checkpoints: makeCheckpoints(setup.checkpoints, setup.studyDir),
    allocate: ({ trial, attempt }) => newAttemptDir(setup.studyDir, trial, attempt),
    run: async (attempt, hooks) => {
      if (!hasWarnedOfParams && paramsVariable(attempt.params) === undefined) {
        hasWarnedOfParams = true;
        hooks.warn(PARAMS_OMITTED);
      }
      return guarded(attempt, () =>
        withWitnessedEnd(attempt.startedAtMs, () =>
          launchAttempt(setup, followed(attempt, false), attempt, hooks, measure),
        ),
      );
    },
    reattach: async (attempt, hooks) => {
      if (handleKind(attempt.handle) === 'function') return endedWithProgram(attempt);
      if (attempt.lostWith !== null)
        return endOfLost(followed(attempt, false), { token: attempt.token, lost: attempt.lostWith }, hooks);
      return guarded(attempt, async () => {
        if (existsSync(attempt.handle)) setup.guard?.take({ ...attempt, dir: attempt.handle });
        return withPossibleEnd(attempt.startedAtMs, await reattachAttempt(followed(attempt, true), hooks));
      });
    },
    cleanup: async ({ handle, token }) => {
      const { stuck } = await endProcesses({ dir: handle, token, ...times });
      descent.forget(token);
      return stuck;
    },
  };
}

/** Duration needs no program. */
function measureOf(measured: readonly RunMetric[]): Launch['measure'] {
  if (measured.includes('hpo.cpu_s') || measured.includes('hpo.max_rss_mb')) return usageCommand();
  return measured.includes('hpo.duration_s') ? 'times' : null;
}
