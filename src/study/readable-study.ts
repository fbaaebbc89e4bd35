import { makeSpace } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { ResultsStudy } from '../results/results-study.js';
import type { StudyReader, StudyRecord } from '../storage/storage.js';
import { inferSpec } from './optuna-study.js';
import { storedSpec } from './stored-spec.js';

/** A study as results read it; Optuna may have made it. */
export type ReadableStudy = ResultsStudy & {
  readonly name: string;
  readonly uid: string | null;
  readonly spec: StudySpec;
};

/** Returns a study as results read it. Its sampler and pruner are not loaded. */
export async function readableStudy(storage: StudyReader, record: StudyRecord): Promise<ReadableStudy> {
  const spec = record.spec === null ? await inferSpec(storage, record) : storedSpec(record);
  const { params, constraints } = spec.space;
  return {
    id: record.id,
    name: record.name,
    uid: record.uid,
    seed: record.seed ?? 0,
    spec,
    space: makeSpace(params, constraints),
  };
}
