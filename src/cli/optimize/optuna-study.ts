import { nameSchema } from '../../config/parameter-schema.js';
import { specDifferences } from '../../config/spec-diff.js';
import { type HpoError, usageError } from '../../core/errors.js';
import type { Space } from '../../core/space.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { continueOptunaStudy as continueStudy } from '../../study/open-study.js';
import { inferSpec, requireClearSpace } from '../../study/optuna-study.js';
import { storedSpec } from '../../study/stored-spec.js';
import { WORKER_THREADS as threads } from '../../threads/worker-thread.js';
import { refuseKinds } from './differences.js';
import { type ResolvedSweep, studySeed } from './load.js';

// Going on with a study that Optuna made.

/**
 * Returns the study with the search of the sweep file. The sampler starts from the results of its trials.
 * @throws HpoError study.choices-changed, study.objectives-changed (usage).
 */
export async function continueOptunaStudy(storage: Storage, record: StudyRecord, wanted: ResolvedSweep) {
  const { name, file, spec } = wanted;
  const theirs = record.directions;
  const ours = spec.objectives.map(({ direction }) => direction);
  if (theirs.join() !== ours.join()) {
    throw usageError(
      'study.objectives-changed',
      `study ${name} was made by Optuna to ${theirs.join(', ')}, and ${file} would ${ours.join(', ')}`,
      {
        fix: 'give the objectives of the sweep file these directions, or give a new study name (--study NEW)',
      },
    );
  }
  refuseKinds(specDifferences(await inferSpec(storage, record), spec), wanted, null);
  return continueStudy(storage, record, { spec, seed: studySeed(wanted), custom: wanted.own, threads });
}

/**
 * `parameters: stored` resolved: the space of the study.
 * @throws HpoError study.not-found, study.unclear-space, study.bad-parameter (usage).
 */
export async function withStoredSpace(
  storage: Storage,
  record: StudyRecord | null,
  wanted: ResolvedSweep,
): Promise<ResolvedSweep> {
  if (!record) throw noStoredSpace(storage.url, wanted);
  const space =
    record.spec === null
      ? requireClearSpace(record, await storage.parameterSummary(record.id))
      : storedSpec(record).space;
  checkNames(space, record);
  return { ...wanted, stored: false, spec: { ...wanted.spec, space } };
}

/** Names become arguments of the trainer; Optuna allows any. */
function checkNames({ params }: Space, { name: study }: StudyRecord): void {
  for (const { name } of params) {
    const problem = nameSchema.safeParse(name).error?.issues[0]?.message;
    if (problem === undefined) continue;
    throw usageError('study.bad-parameter', `${problem}, and study ${study} has ${JSON.stringify(name)}`, {
      fix: 'no sweep can continue this study: give a new study name (--study NEW)',
    });
  }
}

export function noStoredSpace(url: string, { name, place }: ResolvedSweep): HpoError {
  return usageError(
    'study.not-found',
    `expected a study ${name} in ${url}, since its parameters are to be the stored ones`,
    {
      place: place(['parameters']),
      fix: 'name a study that is there (--study NAME, --storage URL), or write the parameters down',
    },
  );
}
