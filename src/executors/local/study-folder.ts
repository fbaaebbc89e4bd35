import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HpoError } from '../../core/errors.js';
import { type Claim, type Claimed, readClaim, takeClaim } from './folder-claims.js';
import { livingAttempt } from './living-attempts.js';
import { safeSegment } from './paths.js';

/** A study that wants a folder for its outputs. */
export type Claimant = Claim & {
  readonly study: string;
  /** The folders of its attempts that may still run. */
  readonly running: readonly string[];
};

export type ClaimQuestions = {
  /** Returns whether the database at this path holds a study of this uid; null: nobody can tell. */
  readonly holdsStudy: (database: string, uid: string) => Promise<boolean | null>;
  /** Returns whether an orchestrator has certainly ended. */
  readonly hasEnded: (owner: string) => boolean;
};

export type StudyFolder =
  | {
      readonly kind: 'own';
      readonly dir: string;
      /** The folder of the study's plain name, where it belongs to another study. */
      readonly taken: Taken | null;
    }
  /** The study's database is a copy of this one, which still exists. */
  | { readonly kind: 'copy'; readonly original: string };

export type Taken = { readonly dir: string; readonly why: string };

/** Returns the error of a sweep whose folder was deleted and then claimed by another study. */
export function folderTaken(dir: string): HpoError {
  return new HpoError('outputs.taken', `${dir} was deleted, and another study has it now`, {
    fix: 'run the same command again: it finds another folder',
  });
}

/** How many digits of the uid make folder names different; all of them where fewer are not enough. */
const SUFFIXES = [6, 12, 32];
const RACES = 20;

/**
 * Returns the folder of a study's outputs: `STUDY`, or `STUDY-` and the beginning of its uid where another study has that
 * name. With `claim` the folder is made and claimed; without it nothing is written.
 * @throws HpoError outputs.taken when every folder of the study's name belongs to others.
 */
export async function findStudyFolder(
  outputsDir: string,
  claimant: Claimant,
  questions: ClaimQuestions,
  claim: boolean,
): Promise<StudyFolder> {
  const plain = join(outputsDir, safeSegment(claimant.study));
  const folders = [plain, ...SUFFIXES.map((digits) => `${plain}-${claimant.uid.slice(0, digits)}`)];
  for (let race = 0; race < RACES; race++) {
    const claims = new Map<string, Claimed>();
    for (const folder of folders) claims.set(folder, await readClaim(folder));
    const original = await originalOf(claimant, [...claims.values()], questions);
    if (original !== null) return { kind: 'copy', original };
    const found = await choose(claimant, claims, questions);
    if (found === null) break;
    const { dir, taken } = found;
    if (!claim || take(dir, claims.get(dir) as Claimed, claimant)) return { kind: 'own', dir, taken };
  }
  throw new HpoError('outputs.taken', `every folder ${plain}-... belongs to another study`, {
    fix: 'run hpo in another folder, or give a new study name (--study NEW)',
  });
}

/** Returns the database that this one is a copy of: a folder of the study, or of a running attempt of it, names it. */
async function originalOf(
  claimant: Claimant,
  claims: readonly Claimed[],
  { holdsStudy }: ClaimQuestions,
): Promise<string | null> {
  if (claimant.database === null) return null;
  const ofAttempts = new Set(claimant.running.map((dir) => dirname(dirname(dir))));
  const all = [...claims];
  for (const folder of ofAttempts) all.push(await readClaim(folder));
  for (const { claim } of all) {
    if (claim?.uid !== claimant.uid || claim.database === null) continue;
    if (isSameFile(claim.database, claimant.database)) continue;
    // A file that cannot be read may well be the original.
    if ((await holdsStudy(claim.database, claim.uid)) !== false) return claim.database;
  }
  return null;
}

type Choice = { readonly dir: string; readonly taken: Taken | null };

async function choose(
  claimant: Claimant,
  claims: ReadonlyMap<string, Claimed>,
  questions: ClaimQuestions,
): Promise<Choice | null> {
  let taken: Taken | null = null;
  // A study keeps its folder, even when the plain one has become free.
  const own = [...claims].find(([, { claim }]) => claim?.uid === claimant.uid)?.[0];
  for (const [dir, { claim }] of claims) {
    if (own !== undefined ? dir === own : (await whyTaken(dir, claim, claimant, questions)) === null)
      return { dir, taken };
    taken ??= { dir, why: (await whyTaken(dir, claim, claimant, questions)) ?? 'belonged to another study' };
  }
  return null;
}

/** Returns why a folder that the study has not claimed cannot become its own; null when it can. */
async function whyTaken(
  dir: string,
  claim: Claim | null,
  claimant: Claimant,
  { holdsStudy, hasEnded }: ClaimQuestions,
): Promise<string | null> {
  if (claim !== null && claim.database === null && !hasEnded(claim.owner))
    return 'belongs to a study in memory of another process';
  if (claim !== null && claim.database !== null && (await holdsStudy(claim.database, claim.uid)) !== false)
    return `belongs to the study of this name in ${claim.database}`;
  return livingAttempt(dir, claimant.running) === null
    ? null
    : 'holds a trial of another study that is still running';
}

/** Returns false when another process has claimed the folder meanwhile. */
function take(dir: string, { number, claim: held }: Claimed, claimant: Claimant): boolean {
  const { uid, database, owner } = claimant;
  if (held?.uid === uid && held.database === database && (database !== null || held.owner === owner))
    return true;
  return takeClaim(dir, number, { uid, database, owner });
}

/** Returns whether two paths lead to one file: a hard link, a bind mount. */
function isSameFile(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}
