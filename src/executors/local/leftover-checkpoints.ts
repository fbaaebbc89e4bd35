import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointPolicy } from '../../core/checkpoints.js';
import { ATTEMPTS } from './paths.js';

const CHECKPOINT_FOLDER = /^trial-(\d+)\.checkpoint$/;
const ATTEMPT_FOLDER = /^(\d+)-(\d+)(?:-[0-9a-f]+)?$/;

/** In an attempt's folder: its trial's checkpoints are removed when the trial is finished. */
const noteOf = (dir: string) => join(dir, 'removes-checkpoints');
/** The same, unless the trial is among the best complete ones. */
const bestNoteOf = (dir: string) => join(dir, 'removes-checkpoints-unless-best');

/** Notes that the checkpoints of an attempt's trial are removed when it is finished, even if this process is killed then. */
export function noteRemoval(dir: string, policy: CheckpointPolicy): void {
  if (policy === 'remove') writeFileSync(noteOf(dir), '');
  else if (typeof policy !== 'string') writeFileSync(bestNoteOf(dir), '');
}

/** Returns whether the checkpoints of an attempt's trial were to be removed when it ends as anything but a complete trial. */
export function goesUnlessBest(dir: string): boolean {
  return existsSync(noteOf(dir)) || existsSync(bestNoteOf(dir));
}

/** Returns the numbers of the trials that have checkpoints in a study's folder. */
export function trialsWithCheckpoints(studyDir: string): readonly number[] {
  return namesIn(studyDir).flatMap((name) => {
    const number = CHECKPOINT_FOLDER.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Returns those of them whose newest attempt was to remove them: others were kept by an earlier call. */
export function removableTrials(studyDir: string): readonly number[] {
  const trials = new Set(trialsWithCheckpoints(studyDir));
  const newest = new Map<number, { readonly attempt: number; readonly name: string }>();
  for (const name of trials.size === 0 ? [] : namesIn(join(studyDir, ATTEMPTS))) {
    const [, trial, attempt] = (ATTEMPT_FOLDER.exec(name) ?? []).map(Number);
    if (trial === undefined || attempt === undefined || !trials.has(trial)) continue;
    if (attempt > (newest.get(trial)?.attempt ?? 0)) newest.set(trial, { attempt, name });
  }
  return [...newest].flatMap(([trial, { name }]) =>
    existsSync(noteOf(join(studyDir, ATTEMPTS, name))) ? [trial] : [],
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Made with the first attempt.
    return [];
  }
}
