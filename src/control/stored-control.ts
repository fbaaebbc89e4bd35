import { HpoError } from '../core/errors.js';
import { type ChangedLimits, parseControl, type StudyControl } from '../core/study-control.js';
import type { JsonValue } from '../core/trial.js';
import type { Storage } from '../storage/storage.js';

type ControlStore = Pick<Storage, 'readControl' | 'writeControl'>;

/** Two processes that write at once take turns; more losses than this in a row are a defect. */
const MAX_TRIES = 20;

/** The stored control of a study. */
export async function readStudyControl(storage: ControlStore, studyId: number): Promise<StudyControl> {
  return parseControl((await storage.readControl(studyId)).control);
}

/**
 * Replaces the control of a study by what `change` makes of it, and returns the control before and after. A write
 * of another process at the same time is not overwritten: `change` is called again with what it wrote. Running orchestrators look at the
 * study again even when nothing differs.
 */
export async function updateStudyControl(
  storage: ControlStore,
  studyId: number,
  change: (before: StudyControl) => StudyControl,
): Promise<{ readonly before: StudyControl; readonly after: StudyControl }> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { revision, control } = await storage.readControl(studyId);
    const before = parseControl(control);
    const after = change(before);
    if (await storage.writeControl(studyId, after as unknown as JsonValue, revision))
      return { before, after };
  }
  throw new HpoError(
    'control.conflict',
    `expected to store a control, but others wrote ${MAX_TRIES} times first`,
    {
      fix: 'run the same command again',
    },
  );
}

/** What the beginning of a call of `hpo optimize` changed. */
export type Begun = { readonly dropped: ChangedLimits; readonly resumed: boolean };

/**
 * Resumes the study (`resume`), drops what `hpo set` changed and what asked an earlier call of this owner to end, and returns
 * what was set. Writes only what differs.
 */
export async function beginCall(
  storage: ControlStore,
  { id, owner }: { readonly id: number; readonly owner: string },
  resume: boolean,
): Promise<Begun> {
  const now = await readStudyControl(storage, id);
  const differs = (resume && now.pausedAtMs !== null) || now.stopping.includes(owner);
  if (!differs && Object.keys(now.limits).length === 0) return { dropped: {}, resumed: false };
  const { before } = await updateStudyControl(storage, id, ({ pausedAtMs, stopping }) => ({
    pausedAtMs: resume ? null : pausedAtMs,
    limits: {},
    stopping: stopping.filter((each) => each !== owner),
  }));
  return { dropped: before.limits, resumed: resume && before.pausedAtMs !== null };
}
