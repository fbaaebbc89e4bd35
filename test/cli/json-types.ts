import * as z from 'zod';
import type { ConfigurationsComparison } from '../../src/cli/compare/compare-configurations.js';
import type { ImportedResults } from '../../src/cli/import/results.js';
import type { distinguishedJson, frontJson } from '../../src/cli/result-json.js';
import type { rowJson } from '../../src/cli/trials/list-trials.js';
import type { ShownWorker } from '../../src/cli/workers/read-workers.js';
import type { Figure } from '../../src/plots/figure.js';
import type { ObjectiveImportance } from '../../src/results/importance.js';
import type { StudyDigest } from '../../src/results/study-digest.js';
import * as others from '../../src/schemas/others.js';
import * as studies from '../../src/schemas/studies.js';
import * as trials from '../../src/schemas/trials.js';
import { failures, importance, savings } from '../../src/schemas/values.js';

type ReadOnly<T> = T extends readonly (infer E)[]
  ? readonly ReadOnly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: ReadOnly<T[K]> }
    : T;
/** Compiles only where every value of a type fits a schema. */
function fits<S extends z.ZodType>(_: S, __: ReadOnly<z.input<S>>): void {}

// The compiler compares what no test brings about: which members may be null.
export function typesFit(is: {
  row: Omit<ReturnType<typeof rowJson>, 'state'> & { readonly outlier: boolean };
  worker: ShownWorker;
  figure: Figure;
  imported: ImportedResults;
  importance: ObjectiveImportance;
  digest: StudyDigest;
  ranked: ReturnType<typeof distinguishedJson>;
  front: ReturnType<typeof frontJson>;
  side: ConfigurationsComparison['a'];
}): void {
  fits(trials.trials.omit({ state: true }), is.row);
  fits(studies.workers, is.worker);
  fits(others.plot, is.figure);
  fits(others.importResults, is.imported);
  fits(z.strictObject(importance), is.importance);
  fits(z.strictObject({ savings, failures }), is.digest);
  fits(trials.best, is.ranked);
  fits(trials.front, is.front);
  fits(trials.compareTrials.shape.a, is.side);
}
