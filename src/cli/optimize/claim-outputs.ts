import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { attemptFolder } from '../../executors/handle.js';
import {
  type Claim,
  type ClaimQuestions,
  findStudyFolder,
  readClaim,
  type Taken,
} from '../../executors/study-outputs.js';
import { ownIdentity } from '../../liveness/identity.js';
import { holdsStudy } from '../../storage/holds-study.js';
import { type DatabasePlace, placeText } from '../../storage/place.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import type { StudyIdentity } from '../../study/study-context.js';
import { outputsDir } from '../paths.js';
import { notWritable } from './outputs.js';

type Named = Pick<StudyIdentity, 'id' | 'name'>;

export type ClaimedOutputs = {
  /** The folder of the study's outputs; absolute. */
  readonly dir: string;
  readonly claim: Claim;
  /** Messages about it for people. */
  readonly notices: readonly string[];
};

/**
 * Returns the folder of a study's outputs. Without `claim` nothing is written to it, but a study in a copy of its database
 * still becomes a separate study in `storage`. `place`: where its database really is.
 * @throws HpoError as `findStudyFolder`.
 */
export async function claimOutputs(
  storage: Storage,
  study: Named & { readonly owner: string },
  { place, claim }: { readonly place: DatabasePlace; readonly claim: boolean },
): Promise<ClaimedOutputs> {
  const database = databaseOf(place);
  const notices: string[] = [];
  for (;;) {
    const uid = await uidOf(storage, study);
    const running = await runningDirs(storage, study.id);
    const claimant = { study: study.name, uid, database, owner: study.owner, running };
    const found = await findStudyFolder(outputsDir(), claimant, questionsOf(storage), claim).catch(
      unwritable,
    );
    if (found.kind === 'own') {
      const { dir, taken } = found;
      const held = { uid, database, owner: study.owner };
      return { dir, claim: held, notices: [...notices, ...takenNotice(dir, taken)] };
    }
    // Null: another process has just separated it.
    const separated = await storage.separateCopy(study.id, uid, {
      exitCode: null,
      reason: 'not counted: it belongs to the database that this one is a copy of',
      cause: 'interrupted',
      finishedAtMs: Date.now(),
    });
    if (separated !== null) notices.push(copyNotice(study.name, found.original, separated.requeued));
  }
}

/**
 * Returns the folder of a study's outputs where it is in the current folder; null where none is to be found. Writes nothing. A folder
 * that the study has not claimed is none of it: what lies there by the number of a trial is another study's.
 */
export async function findOutputs(storage: Storage, study: StudyRecord): Promise<string | null> {
  const { id, name, uid } = study;
  if (uid === null) return null;
  try {
    const running = await runningDirs(storage, id);
    const claimant = { study: name, uid, database: databaseOf(storage.place), owner: ownIdentity(), running };
    const found = await findStudyFolder(outputsDir(), claimant, questionsOf(storage), false);
    if (found.kind !== 'own') return null;
    return (await readClaim(found.dir)).claim?.uid === uid ? found.dir : null;
  } catch {
    // All folders of its name are others', one may not be read, or the study is broken.
    return null;
  }
}

function questionsOf(storage: Storage): ClaimQuestions {
  return { holdsStudy, hasEnded: (owner) => storage.liveness.judge(owner) === 'ended' };
}

/** A folder that another user made, for one. */
function unwritable(cause: NodeJS.ErrnoException): never {
  const isRight = cause.code === 'EACCES' || cause.code === 'EPERM' || cause.code === 'EROFS';
  throw isRight ? notWritable(cause.path ?? outputsDir(), cause) : cause;
}

/** Null for a study in memory. */
function databaseOf(place: DatabasePlace): string | null {
  if (place.kind === 'memory') return null;
  const file = placeText(place);
  if (place.kind === 'server') return file;
  try {
    return realpathSync(file);
  } catch {
    return file; // a dry run of a study that is not there yet
  }
}

async function uidOf(storage: Storage, study: Named): Promise<string> {
  const uid = (await storage.findStudy(study.name))?.uid ?? null;
  if (uid === null) throw new Error(`study ${study.name} has no uid`);
  return uid;
}

async function runningDirs(storage: Storage, studyId: number): Promise<string[]> {
  return (await storage.unfinished(studyId)).flatMap(({ attempt }) => {
    const folder = attempt && attempt.finishedAtMs === null ? attemptFolder(attempt.handle) : null;
    return folder === null ? [] : [folder];
  });
}

function takenNotice(dir: string, taken: Taken | null): string[] {
  if (taken === null) return [];
  const table = 'give it a table of its own as well (--csv FILE)';
  return [`outputs go to ${shown(dir)}: ${shown(taken.dir)} ${taken.why}; ${table}`];
}

function copyNotice(study: string, original: string, requeued: number): string {
  const trials = requeued === 1 ? '1 running trial belongs' : `${requeued} running trials belong`;
  const again = requeued === 0 ? '' : `; ${trials} to the original and will be run again here`;
  return `this database is a copy of ${original}: its study ${study} is a separate study from now on${again}`;
}

function shown(path: string): string {
  return relative(process.cwd(), path);
}
