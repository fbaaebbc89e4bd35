import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import { messageOf, usageError } from '../../core/errors.js';
import { type Doing, isInfrastructureError } from '../../core/infrastructure-errors.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import { makeLineParser } from '../../protocol/formats/registry.js';
import type { Executor, Outcome, RunHooks, RunnableAttempt } from '../executor.js';
import { withPossibleEnd, withWitnessedEnd } from '../witnessed-end.js';
import { readLaunchOwner, revokeLaunch, wasForkRefused } from './attempt-dir.js';
import { makeCheckpoints } from './checkpoints.js';
import { descent } from './descent.js';
import { trainerEnv } from './env.js';
import { type Claim, keepClaim } from './folder-claims.js';
import { type Following, followAttempt } from './follow-attempt.js';
import { type AttemptLimits, NO_LIMITS } from './limits.js';
import { untilFree } from './living-attempts.js';
import { PARAMS_OMITTED, paramsFile, paramsVariable, tooLong, writeParams } from './params-file.js';
import { type AttemptFiles, attemptFiles, newAttemptDir } from './paths.js';
import { checkCommand, expandCommand } from './placeholders.js';
import { existingLog, prepareAttempt } from './prepare.js';
import { findProgram } from './program.js';
import { checkSpareFiles } from './spare-files.js';
import { DEFAULT_KILL_WAIT_MS, endProcesses } from './stop.js';
import { folderTaken } from './study-folder.js';
import { type Launch, supervise } from './supervisor.js';
import {
  type End,
  type NotStarted,
  notStarted,
  type Refused,
  untilEnded,
  type Waiting,
} from './wait-for-exit.js';

export type ProcessExecutorOptions = {
  /** The folder of the study's outputs; absolute. */
  readonly studyDir: string;
  /** The claim on that folder, which is looked at before each launch. Default: nobody else wants it. */
  readonly claim?: Claim;
  /** Program and arguments with their placeholders. */
  readonly command: readonly string[];
  /** Where trainers run; absolute. */
  readonly cwd: string;
  /** trainer.env. */
  readonly env: Readonly<Record<string, string>>;
  /** The snapshot of the run's defaults that trainers read. */
  readonly configFile: string;
  /** OMP_NUM_THREADS on CPU slots, unless the user has set it; null: never. */
  readonly ompThreads: number | null;
  /** Between TERM and KILL, in milliseconds. Default 5000. */
  readonly stopGraceMs?: number;
  /** How long a process may take to die of a KILL before it counts as stuck, in milliseconds. Default 10000. */
  readonly killWaitMs?: number;
  /** What each attempt may take. Default: no limits. */
  readonly limits?: AttemptLimits;
  /** How trainers write their metrics. Default: METRIC lines. */
  readonly metrics?: MetricFormat | undefined;
  /** Whether trials have a folder for checkpoints (HPO_CHECKPOINT_DIR), and what becomes of it. Default: off. */
  readonly checkpoints?: CheckpointPolicy;
};

const REVOKE_AGAIN_MS = 1000;
/** Between TERM and KILL, in milliseconds, where nothing else is said. */
export const DEFAULT_STOP_GRACE_MS = 5000;

/**
 * Runs trainers as processes of this machine that survive us: Linux in full, macOS without the search for processes
 * that left their group.
 * @throws HpoError (usage) executor.unsupported-platform on Windows, and as `checkCommand` for a bad command.
 */
export function makeProcessExecutor(options: ProcessExecutorOptions): Executor {
  if (process.platform === 'win32') {
    throw usageError('executor.unsupported-platform', 'expected Linux or macOS, got Windows', {
      fix: 'run hpo in the Windows Subsystem for Linux (WSL 2)',
    });
  }
  checkCommand(options.command);
  const { stopGraceMs: graceMs = DEFAULT_STOP_GRACE_MS, killWaitMs = DEFAULT_KILL_WAIT_MS } = options;
  // A mistake in the format is one of the sweep, not of a trial.
  makeLineParser(options.metrics);
  // Once is enough: most trials of a sweep have parameters of the same size.
  let omittedIsTold = false;
  const following = (attempt: RunnableAttempt, adopted: boolean): Following => ({
    files: attemptFiles(attempt.dir, attempt.trial),
    attempt,
    adopted,
    graceMs,
    killWaitMs,
    limits: options.limits ?? NO_LIMITS,
    metrics: options.metrics,
  });
  return {
    checkpoints: makeCheckpoints(options.checkpoints ?? 'off'),
    // A function of a program that has ended is recovered as well: it is run again.
    canReattach: () => true,
    allocate: (trial, attempt) => newAttemptDir(options.studyDir, trial, attempt),
    run: async (attempt, hooks) => {
      if (!omittedIsTold && paramsVariable(attempt.params) === undefined) {
        omittedIsTold = true;
        hooks.warn(PARAMS_OMITTED);
      }
      return withWitnessedEnd(attempt.startedAtMs, () =>
        runAttempt(options, following(attempt, false), attempt, hooks),
      );
    },
    reattach: async (attempt, hooks) => {
      // A function of a program that has ended.
      if (attempt.dir === '') return notStarted('it ran inside a program that has ended');
      return withPossibleEnd(attempt.startedAtMs, await resumeAttempt(following(attempt, true), hooks));
    },
    cleanup: async ({ dir, token }) => {
      const { stuck } = await endProcesses({ dir, token, graceMs, killWaitMs });
      descent.forget(token);
      return stuck;
    },
  };
}

async function runAttempt(
  options: ProcessExecutorOptions,
  following: Following,
  attempt: RunnableAttempt,
  hooks: RunHooks,
): Promise<Outcome> {
  const { files } = following;
  if (hooks.signal.aborted || !(await untilFree(files, hooks)))
    return notStarted('stopped before it was started');
  // Looked at before the trial's files are touched: a recovery may have started the next attempt by now.
  if (readLaunchOwner(files.dir).kind !== 'nobody') return notStarted('launch revoked');
  const plan = planLaunch(options, attempt, files);
  if (plan.kind === 'missing') return notStarted(plan.reason, true);
  try {
    checkSpareFiles();
  } catch (error) {
    return refused('too few files can be opened', error, 'starting');
  }
  let keeps = true;
  try {
    keeps = options.claim === undefined || keepClaim(options.studyDir, options.claim);
    if (keeps) prepareAttempt(files, attempt.attempt, hasCheckpoints(options));
    if (keeps) writeParams(files.dir, attempt.params);
  } catch (error) {
    return refused("cannot write the trial's outputs", error, 'writing');
  }
  // Rejects: no trial of this sweep can be started any more.
  if (!keeps) throw folderTaken(options.studyDir);
  return followAttempt(following, hooks, async (waiting) => {
    const supervisor = await supervise(plan.launch);
    if (supervisor.kind === 'failed') {
      const what = 'the trainer could not be started';
      const why = tooLong(plan.launch.command, supervisor.error);
      if (why !== null) return notStarted(`${what}: ${why}`, true);
      return refused(what, supervisor.error, 'starting');
    }
    // It could not even make the pipe.
    if (readLaunchOwner(files.dir).kind === 'nobody') return FORK_REFUSED;
    return endOf(files.dir, attempt.token, waiting);
  });
}

const FORK_REFUSED: Refused = {
  kind: 'infrastructure',
  reason: 'the supervisor could not start the trainer (no process or memory left)',
};

/** A launch that failed: by the machine, or by what was to be launched. */
function refused(what: string, error: unknown, doing: Doing): NotStarted | Refused {
  const reason = `${what}: ${messageOf(error)}`;
  return isInfrastructureError(error, doing) ? { kind: 'infrastructure', reason } : notStarted(reason, true);
}

/** As `untilEnded`. Where the supervisor never came to run the trainer, its end says nothing of the trainer. */
async function endOf(dir: string, token: string, waiting: Waiting): Promise<End> {
  const end = await untilEnded(dir, token, waiting);
  const mayHaveRun = end.kind === 'not-started' || (end.kind === 'exited' && end.exitCode === 0);
  return mayHaveRun || !wasForkRefused(dir) ? end : FORK_REFUSED;
}

/**
 * Takes over what a dead orchestrator left. An attempt whose supervisor has not begun never will: creating `pid`
 * first takes the launch away from it.
 */
async function resumeAttempt(following: Following, hooks: RunHooks): Promise<Outcome> {
  const { files, attempt } = following;
  const revoked = await revokeWhenPossible(files.dir, hooks);
  if (revoked === null) return { kind: 'infrastructure', reason: 'its launch could not be revoked' };
  if (revoked) return notStarted('launch revoked');
  const log = existingLog(files, attempt.token);
  return followAttempt({ ...following, files: { ...files, log } }, hooks, (waiting) =>
    endOf(files.dir, attempt.token, waiting),
  );
}

/** As `revokeLaunch`, tried again while the folder cannot be written; null when the sweep is stopped meanwhile. */
async function revokeWhenPossible(dir: string, hooks: RunHooks): Promise<boolean | null> {
  for (let tries = 0; !hooks.signal.aborted; tries++) {
    try {
      return await revokeLaunch(dir);
    } catch (error) {
      if (!isInfrastructureError(error, 'writing')) throw error;
      if (tries === 0) hooks.warn(`${dir} cannot be written, and is tried again each second: ${error}`);
    }
    await sleep(REVOKE_AGAIN_MS, undefined, { signal: hooks.signal }).catch(() => {});
  }
  return null;
}

function hasCheckpoints({ checkpoints = 'off' }: ProcessExecutorOptions): boolean {
  return checkpoints !== 'off';
}

type Plan =
  | { readonly kind: 'ready'; readonly launch: Launch }
  | { readonly kind: 'missing'; readonly reason: string };

function planLaunch(options: ProcessExecutorOptions, attempt: RunnableAttempt, files: AttemptFiles): Plan {
  const { cwd, configFile } = options;
  if (!existsSync(cwd)) return { kind: 'missing', reason: `the trainer's folder ${cwd} does not exist` };
  const { params, seed } = attempt;
  const [name = '', ...args] = expandCommand(options.command, { params, seed, configFile });
  const program = findProgram(name, cwd, options.env.PATH ?? process.env.PATH ?? '');
  if (program.kind === 'missing') return program;
  const env = trainerEnv({
    attempt,
    configFile,
    paramsFile: paramsFile(files.dir),
    trialDir: files.trialDir,
    checkpointDir: hasCheckpoints(options) ? files.checkpointDir : null,
    trainerEnv: options.env,
    ompThreads: options.ompThreads,
    inherited: process.env,
  });
  const launch = { dir: files.dir, log: files.log, command: [program.path, ...args], cwd, env };
  return { kind: 'ready', launch };
}
