import type { Control, ControlTarget, RawArguments } from '../control/control.js';
import type { IdleCheckpoints } from '../executors/study-outputs.js';
import type { SchemaName } from '../schemas/versions.js';
import { placeText } from '../storage/place.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import { asTyped } from './as-typed.js';
import { print, printJson } from './output.js';
import { findStudy, type StudyOptions, withStorage } from './studies.js';

/** Checks the arguments of a control, stores its command, and prints what it did. */
export async function runControl<A>(
  control: Control<A>,
  raw: RawArguments,
  options: StudyOptions & { readonly json?: boolean },
): Promise<void> {
  // Before anything is opened: a mistake in the arguments is no reason to wait for a database.
  const args = control.parse(raw);
  await withStorage(options.storage, 'write', async (storage) => {
    const target = controlTarget(storage, await findStudy(storage, options));
    const { text, data } = await control.apply(target, args);
    if (options.json) printJson(control.name as SchemaName, data);
    else print(asTyped(text));
  });
}

/** Returns the checkpoints of a study's trials that no sweep runs, where this machine sees them. */
export async function idleCheckpoints(storage: Storage, study: StudyRecord): Promise<IdleCheckpoints> {
  const { checkpointsHere } = await import('../executors/study-outputs.js');
  const { attemptsHere } = await import('./attempts-here.js');
  const owner = { uid: study.uid, database: placeText(storage.place) };
  return checkpointsHere(owner, attemptsHere(storage, study));
}

/** A study as controls get it on the command line. */
export function controlTarget(storage: Storage, study: StudyRecord): ControlTarget {
  let loading: Promise<IdleCheckpoints> | null = null;
  const checkpoints = () => {
    loading ??= idleCheckpoints(storage, study);
    return loading;
  };
  return {
    storage,
    study,
    nowMs: Date.now(),
    hasCheckpoint: async (attempt) => (await checkpoints()).exist(attempt),
    discardCheckpoint: async (attempt) => (await checkpoints()).discard(attempt),
    openStudy: async () => {
      const { openStudy } = await import('../study/open-study.js');
      return openStudy(storage, study);
    },
  };
}
