import { chmodSync, writeFileSync } from 'node:fs';
import { HpoError } from '../../core/errors.js';
import type { RunnableAttempt } from '../executor.js';
import { trainerEnv } from '../local/env.js';
import { keepClaim } from '../local/folder-claims.js';
import { noteRemoval } from '../local/leftover-checkpoints.js';
import { paramsFile, writeParams } from '../local/params-file.js';
import type { AttemptFiles } from '../local/paths.js';
import { expandCommand } from '../local/placeholders.js';
import { prepareAttempt } from '../local/prepare.js';
import { folderTaken } from '../local/study-folder.js';
import type { TrainerSetup } from '../trainer-setup.js';
import type { JobRequest } from './batch-queue.js';
import { jobFiles, jobRequest } from './job-files.js';
import { type JobScript, jobScript } from './job-script.js';

/** Where a trainer finds what hpo gives it. */
export type Places = {
  readonly configFile: string;
  readonly paramsFile: string;
  readonly trialDir: string;
};

/** What jobs and this machine share. */
export type Workplace = {
  readonly places: (files: AttemptFiles, attempt: RunnableAttempt, configFile: string) => Places;
  readonly script: (job: JobScript) => string;
};

/** The folder of the study, on a file system that the jobs' machines see too. */
const SHARED_FOLDER: Workplace = {
  places: ({ dir, trialDir }, _, configFile) => ({ configFile, paramsFile: paramsFile(dir), trialDir }),
  script: jobScript,
};

/** What a batch executor adds to a trainer's setup. */
export type JobSetup = {
  readonly setup: TrainerSetup;
  readonly workplace?: Workplace;
  /** Lines of bash before the trainer; empty: none. */
  readonly prologue: string;
  /** An expression of bash for the id of the job. */
  readonly jobId: string;
};

/**
 * Writes an attempt's folder with the script of its job, and returns the job.
 * @throws HpoError outputs.taken when the study has lost its folder; errors of the file system.
 */
export function prepareJob(
  { setup, workplace = SHARED_FOLDER, prologue, jobId }: JobSetup,
  attempt: RunnableAttempt,
  files: AttemptFiles,
): JobRequest {
  if (setup.claim !== null && !keepClaim(setup.studyDir, setup.claim)) throw folderTaken(setup.studyDir);
  prepareAttempt(files, { ...attempt, checkpoints: setup.checkpoints !== 'off' });
  noteRemoval(files.dir, setup.checkpoints);
  writeParams(files.dir, attempt.params);
  const { script, prologue: prologueFile } = jobFiles(files.dir);
  const places = workplace.places(files, attempt, setup.configFile);
  const { params, seed, targetStep, token } = attempt;
  const command = expandCommand(
    setup.command,
    { params, seed, targetStep, ...places },
    setup.parameters,
    (variable) => setup.env[variable] ?? process.env[variable] ?? '',
  );
  const env = trainerEnv({
    // The queue says which GPUs a job has.
    attempt: { ...attempt, slot: { ...attempt.slot, env: {} } },
    ...places,
    checkpointDir: setup.checkpoints === 'off' ? null : files.checkpointDir,
    trainerEnv: setup.env,
    ompThreads: null,
    inherited: process.env,
  });
  if (prologue !== '') writeFileSync(prologueFile, prologue, { mode: 0o600 });
  // trainer.env may hold a password.
  const text = workplace.script({ token, dir: files.dir, cwd: setup.cwd, command, env, jobId });
  writeFileSync(script, text, { mode: 0o600 });
  chmodSync(script, 0o700);
  return jobRequest(files.dir, attempt, setup.cwd);
}

/** Returns the error of a sweep whose jobs a queue refuses, whatever their parameters. */
export function jobRefused(title: string, reason: string): HpoError {
  return new HpoError('executor.refused', `${title} refused the first job of this call: ${reason}`, {
    fix: 'change executor in the sweep file; --dry-run shows the submission',
  });
}
