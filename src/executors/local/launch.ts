import { existsSync } from 'node:fs';
import { messageOf } from '../../core/errors.js';
import { type Doing, isInfrastructureError } from '../../core/infrastructure-errors.js';
import type { Outcome, RunHooks, RunnableAttempt } from '../executor.js';
import type { TrainerSetup } from '../trainer-setup.js';
import { readLaunchOwner } from './attempt-dir.js';
import { trainerEnv } from './env.js';
import { keepClaim } from './folder-claims.js';
import { type FollowedAttempt, followAttempt } from './follow-attempt.js';
import { noteRemoval } from './leftover-checkpoints.js';
import { untilFree } from './living-attempts.js';
import { paramsFile, tooLong, writeParams } from './params-file.js';
import type { AttemptFiles } from './paths.js';
import { expandCommand } from './placeholders.js';
import { prepareAttempt } from './prepare.js';
import { findProgram } from './program.js';
import { checkSpareFiles } from './spare-files.js';
import { folderTaken } from './study-folder.js';
import { type Launch, supervise } from './supervisor.js';
import { endOfLaunch, FORK_REFUSED, type NotStarted, notStarted, type Refused } from './wait-for-exit.js';

/**
 * Starts an attempt and follows it to its end.
 * @throws HpoError outputs.taken when the study has lost its folder: none of its trials can start any more.
 */
export async function launchAttempt(
  setup: TrainerSetup,
  followed: FollowedAttempt,
  attempt: RunnableAttempt,
  hooks: RunHooks,
  measure: Launch['measure'],
): Promise<Outcome> {
  const { files } = followed;
  if (hooks.signal.aborted || !(await untilFree(files, hooks)))
    return notStarted('stopped before it was started');
  // Checked before the trial's files are touched: a recovery may have started the next attempt by now.
  if (readLaunchOwner(files.dir).kind !== 'nobody') return notStarted('launch revoked');
  const plan = planLaunch(setup, attempt, files, measure);
  if (plan.kind === 'missing') return notStarted(plan.reason, true);
  try {
    checkSpareFiles();
  } catch (error) {
    return refused('too few files can be opened', error, 'starting');
  }
  let isClaimed = true;
  try {
    isClaimed = setup.claim === null || keepClaim(setup.studyDir, setup.claim);
    if (isClaimed) prepareAttempt(files, { ...attempt, checkpoints: setup.checkpoints !== 'off' });
    if (isClaimed) noteRemoval(files.dir, setup.checkpoints);
    if (isClaimed) writeParams(files.dir, attempt.params);
  } catch (error) {
    return refused("cannot write the trial's outputs", error, 'writing');
  }
  if (!isClaimed) throw folderTaken(setup.studyDir);
  // The last thing before it starts: this process may have stood still since it opened the attempt.
  if (setup.guard?.take({ ...attempt, dir: files.dir }) === false) return notStarted('the lease had ended');
  return followAttempt(followed, hooks, async (waiting) => {
    const supervisor = await supervise(plan.launch);
    if (supervisor.kind === 'failed') {
      const what = 'the trainer could not be started';
      const why = tooLong(plan.launch.command, supervisor.error);
      if (why !== null) return notStarted(`${what}: ${why}`, true);
      return refused(what, supervisor.error, 'starting');
    }
    // The supervisor could not even make the pipe.
    if (readLaunchOwner(files.dir).kind === 'nobody') return FORK_REFUSED;
    return endOfLaunch(files.dir, attempt.token, waiting);
  });
}

/** A launch that failed, either because of the machine or because of what was to be launched. */
function refused(what: string, error: unknown, doing: Doing): NotStarted | Refused {
  const reason = `${what}: ${messageOf(error)}`;
  return isInfrastructureError(error, doing) ? { kind: 'infrastructure', reason } : notStarted(reason, true);
}

type Plan =
  | { readonly kind: 'ready'; readonly launch: Launch }
  | { readonly kind: 'missing'; readonly reason: string };

function planLaunch(
  setup: TrainerSetup,
  attempt: RunnableAttempt,
  files: AttemptFiles,
  measure: Launch['measure'],
): Plan {
  const { cwd, configFile } = setup;
  if (!existsSync(cwd)) return { kind: 'missing', reason: `the trainer's folder ${cwd} does not exist` };
  const { params, seed, targetStep } = attempt;
  const { trialDir } = files;
  const places = { configFile, paramsFile: paramsFile(files.dir), trialDir };
  const [name = '', ...args] = expandCommand(
    setup.command,
    { params, seed, targetStep, ...places },
    setup.parameters,
    (variable) => setup.env[variable] ?? process.env[variable] ?? '',
  );
  const program = findProgram(name, cwd, setup.env.PATH ?? process.env.PATH ?? '');
  if (program.kind === 'missing') return program;
  const env = trainerEnv({
    attempt,
    ...places,
    checkpointDir: setup.checkpoints === 'off' ? null : files.checkpointDir,
    trainerEnv: setup.env,
    ompThreads: setup.ompThreads,
    inherited: process.env,
  });
  const launch = { measure, dir: files.dir, log: files.log, command: [program.path, ...args], cwd, env };
  return { kind: 'ready', launch };
}
