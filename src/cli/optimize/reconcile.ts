import type { WarmStart } from '../../config/run-settings.js';
import { type SpecDifference, specDifferences } from '../../config/spec-diff.js';
import type { Params } from '../../core/distribution.js';
import { HpoError, usageError } from '../../core/errors.js';
import type { StudySpec } from '../../core/spec.js';
import { keptScheduling } from '../../schedulers/registry.js';
import { openStorage } from '../../storage/open.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { withEarlier } from '../../study/earlier.js';
import { createStudy as create, openStudy } from '../../study/open-study.js';
import { storedSpec } from '../../study/stored-spec.js';
import { WORKER_THREADS as threads } from '../../threads/worker-thread.js';
import { bestPoints } from '../best-points.js';
import { commandOn } from '../invocation.js';
import { refuseKinds, refuseOtherTransfer, show } from './differences.js';
import { checkNewName, type ResolvedSweep, studySeed } from './load.js';
import { continueOptunaStudy, noStoredSpace, withStoredSpace } from './optuna-study.js';

/** Creates the study, or opens it when it exists with the same search. */
export async function openOrCreateStudy(
  storage: Storage,
  inFile: ResolvedSweep,
  allowChange: boolean,
  nowMs: number,
) {
  let record = await storage.findStudy(inFile.name);
  const wanted = inFile.stored ? await withStoredSpace(storage, record, inFile) : inFile;
  if (!record) {
    try {
      const study = await createStudy(storage, wanted, nowMs);
      return { study, created: true };
    } catch (error) {
      // The same command was typed twice, and the other one was quicker.
      record = isTaken(error) ? await storage.findStudy(wanted.name) : null;
      if (!record) throw error;
    }
  }
  const own = record.spec === null ? null : storedSpec(record);
  const spec = wanted.namesScheduling ? wanted.spec : { ...wanted.spec, ...keptScheduling(own) };
  if (own === null) {
    const whole = { ...wanted, spec: await specWithEarlier(storage, { ...wanted, spec }) };
    return { study: await continueOptunaStudy(storage, record, whole), created: false };
  }
  await refuseChanges(storage, record, wanted, allowChange);
  const study = await openStudy(storage, record, { spec, custom: wanted.own, threads });
  return { study, created: false };
}

/** Creates the study with the points it starts from. */
export async function createStudy(storage: Storage, wanted: ResolvedSweep, nowMs: number) {
  checkNewName(wanted.name);
  if (wanted.stored) throw noStoredSpace(storage.url, wanted);
  const warm = wanted.run.warmStart ? await warmPoints(storage, wanted, wanted.run.warmStart) : [];
  const spec = await specWithEarlier(storage, wanted);
  const { name, own: custom } = wanted;
  return create(storage, { name, spec, seed: studySeed(wanted), nowMs, enqueued: warm, custom, threads });
}

function specWithEarlier(own: Storage, { spec, place }: ResolvedSweep): Promise<StudySpec> {
  return withEarlier(spec, {
    own,
    open: (url) => openStorage(url, { create: false, readOnly: true }),
    placeOf: (source) => place(['transfer', 'studies', source]),
  });
}

async function warmPoints(
  storage: Storage,
  wanted: ResolvedSweep,
  from: WarmStart,
): Promise<readonly Params[]> {
  const other =
    from.storage === null ? storage : await openStorage(from.storage, { create: false, readOnly: true });
  try {
    return (await bestPoints(wanted.spec.space, other, from.study, from.top)).points;
  } finally {
    if (other !== storage) await other.close();
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof HpoError && error.code === 'storage.study-exists';
}

/**
 * Continues only with the search that the trials came from.
 * @throws HpoError study.changed, study.choices-changed, study.objectives-changed or study.seed-changed (usage errors), showing what differs.
 */
async function refuseChanges(
  storage: Storage,
  record: StudyRecord,
  wanted: ResolvedSweep,
  allowChange: boolean,
): Promise<void> {
  const stored = storedSpec(record);
  const differences = specDifferences(stored, wanted.spec);
  const seeds = usedSeedDifferences(
    stored,
    wanted.spec,
    (await storage.count(record.id, ['repeats'])).repeats,
  );
  const study = wanted.name;
  if (wanted.seed !== null && record.seed !== null && wanted.seed !== record.seed) {
    throw usageError(
      'study.seed-changed',
      `study ${study} has the seed ${record.seed}, got --seed ${wanted.seed}`,
      {
        fix: 'leave --seed out, or give a new study name (--study NEW)',
      },
    );
  }
  if (seeds.length > 0) {
    throw usageError(
      'study.seed-changed',
      `study ${study} has trials with other seeds than ${wanted.file}:\n${show(seeds)}`,
      {
        fix: 'restore these seeds (more may follow them), or give a new study name (--study NEW)',
      },
    );
  }
  const remove = { study, named: false, storage: storage.url };
  const startOver = (await hasResults(storage, record.id))
    ? null
    : commandOn(['study', 'delete', study, '--yes'], remove);
  refuseKinds(differences, wanted, startOver);
  refuseOtherTransfer(differences, wanted);
  if (stored.objectives.length !== wanted.spec.objectives.length) {
    throw usageError(
      'study.objectives-changed',
      `study ${study} has ${stored.objectives.length} objectives, ${wanted.file} has ${wanted.spec.objectives.length}: every trial has a value for each`,
      { fix: 'give a new study name (--study NEW)' },
    );
  }
  const isRead = (difference: SpecDifference) => difference.path.startsWith('metrics.');
  // No result depends on how metrics were read while there is none.
  const mayRead = differences.some(isRead) && !(await hasResults(storage, record.id));
  const rest = differences.filter((d) => d.area !== 'seeds' && !(mayRead && isRead(d)));
  if (rest.length > 0 && !allowChange) {
    throw usageError('study.changed', `stored study ${study} differs from ${wanted.file}:\n${show(rest)}`, {
      fix: 'give a new study name (--study NEW; with warm_start it begins with the best of this one), or mix old and new trials on purpose (--allow-change)',
    });
  }
}

async function hasResults(storage: Storage, studyId: number): Promise<boolean> {
  const { trials } = await storage.changes(studyId, { configId: 0, trialId: 0, unfinished: [] });
  return trials.some(({ values }) => values !== null);
}

/** Seeds may change as long as no trial has run with them. */
function usedSeedDifferences(stored: StudySpec, now: StudySpec, used: number): SpecDifference[] {
  return (now.seeds ?? []).slice(0, used).flatMap((seed, r) => {
    const before = stored.seeds?.[r];
    if (before === undefined || before === seed) return [];
    const texts = { stored: String(before), now: String(seed) };
    return [{ area: 'seeds', path: `seeds[${r}]`, ...texts, kind: false } as const];
  });
}
