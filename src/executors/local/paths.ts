import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { HpoError } from '../../core/errors.js';

const MAX_SEGMENT_LENGTH = 100;
export const ATTEMPTS = '.attempts';
export const COPIES = '.copies';
/** Folders of jobs that have several trials. */
export const ARRAYS = '.arrays';

/** The files of one attempt. The attempts of a trial share all but `dir` and `log`. */
export type AttemptFiles = {
  /** Holds `pid`, `exit` and `log`. */
  readonly dir: string;
  /** Output of this attempt alone. */
  readonly log: string;
  /** For people: a link to the log of the newest attempt. */
  readonly logLink: string;
  /** The trainer's own folder (HPO_TRIAL_DIR), kept from one attempt to the next. */
  readonly trialDir: string;
  /** For the trainer's checkpoints (HPO_CHECKPOINT_DIR), kept until the trial is finished. */
  readonly checkpointDir: string;
};

/**
 * Returns a name as one safe segment of a path: never empty, `.`, `..` or hidden, no separators, at most 100 characters of
 * A-Z a-z 0-9 . _ -. A name that had to change gets a hash of the original, so that different names stay different.
 */
export function safeSegment(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
  if (plain === name && plain !== '' && plain.length <= MAX_SEGMENT_LENGTH) return plain;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${plain.slice(0, MAX_SEGMENT_LENGTH - hash.length - 1)}-${hash}`;
}

/** Returns where people find the log of a trial's newest attempt: a link into the attempt's folder. */
export function trialLogFile(studyDir: string, trial: number): string {
  return join(studyDir, `${trialName(trial)}.log`);
}

/** Returns the folder that a trial's trainer may write to (HPO_TRIAL_DIR). */
export function trialDir(studyDir: string, trial: number): string {
  return join(studyDir, trialName(trial));
}

/**
 * Returns a new folder name for an attempt. It ends in random text: a study that was deleted and made again would otherwise
 * find the pid file of an earlier attempt and never start.
 */
export function newAttemptDir(studyDir: string, trial: number, attempt: number): string {
  const name = `${padded(trial)}-${attempt}-${randomBytes(4).toString('hex')}`;
  return join(studyDir, ATTEMPTS, name);
}

/**
 * Returns the files of an attempt from its stored folder.
 * @throws HpoError executor.bad-attempt-dir when the text is not such a folder: it came out of a database.
 */
export function attemptFiles(dir: string, trial: number): AttemptFiles {
  const parent = dirname(dir);
  if (!/^\d+-\d+(-[0-9a-f]+)?$/.test(basename(dir)) || basename(parent) !== ATTEMPTS) {
    throw new HpoError(
      'executor.bad-attempt-dir',
      `an attempt's folder ends in ${ATTEMPTS}/TRIAL-ATTEMPT-ID, got ${dir}`,
    );
  }
  const study = dirname(parent);
  return {
    dir,
    log: join(dir, 'log'),
    logLink: join(study, `${trialName(trial)}.log`),
    trialDir: join(study, trialName(trial)),
    checkpointDir: join(study, `${trialName(trial)}.checkpoint`),
  };
}

/**
 * Returns the folder of a copy of checkpoints, until the trial that begins with it has it.
 * @throws HpoError executor.bad-copy for a name that is no such name: it came out of a database.
 */
export function copyDir({ checkpointDir }: Pick<AttemptFiles, 'checkpointDir'>, name: string): string {
  if (!/^[0-9]+-[0-9a-f]+$/.test(name))
    throw new HpoError(
      'executor.bad-copy',
      `a copy of checkpoints is named TRIAL-ID, got ${JSON.stringify(name)}`,
    );
  return join(dirname(checkpointDir), COPIES, name);
}

function trialName(trial: number): string {
  return `trial-${padded(trial)}`;
}

function padded(trial: number): string {
  return String(trial).padStart(5, '0');
}
