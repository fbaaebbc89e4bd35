import { existsSync, readdirSync } from 'node:fs';
import { findTrial } from '../../control/find-trial.js';
import type { Params } from '../../core/distribution.js';
import { effectiveNames } from '../../core/space.js';
import type { Attrs } from '../../core/trial.js';
import type { Placement } from '../../executors/executor.js';
import { attemptFolder } from '../../executors/handle.js';
import { readLastWords } from '../../executors/log-tail.js';
import { controlOf } from '../../executors/registry.js';
import { rerunCommand } from '../../executors/rerun-command.js';
import { attemptFiles, placeOfAttempt } from '../../executors/study-outputs.js';
import { drawTrialCurve } from '../../plots/curves.js';
import type { Figure } from '../../plots/figure.js';
import { targetsOf } from '../../plots/target.js';
import { childrenOf } from '../../results/lineage.js';
import { isOutlier, type OutlierLimits, outliersIn } from '../../results/outliers.js';
import { type RankedConfiguration, toRanked } from '../../results/results-model.js';
import type { Continuation } from '../../results/trial-table.js';
import type { AttemptRecord, Storage, StoredMetric, StudyRecord, TrialRow } from '../../storage/storage.js';
import { attemptsHere } from '../attempts-here.js';
import { readStudyResults } from '../read-results.js';
import { type ReadableStudy, studyToRead } from '../studies.js';

/** Where what a trial wrote lies on this machine. Null: it wrote nothing there. */
export type TrialFiles = Placement & {
  readonly folder: string | null;
  readonly log: string | null;
  readonly checkpoints: readonly string[];
};

/** Everything that is known of one trial. */
export type ShownTrial = {
  readonly study: ReadableStudy;
  readonly row: TrialRow;
  /** A value of it lies far beyond those of all others. */
  readonly isOutlier: boolean;
  /** What the trainer received, in the order of the space. */
  readonly params: Params;
  readonly metrics: readonly StoredMetric[];
  /** What programs have stored with it, hpo's own left out. */
  readonly attributes: Attrs;
  readonly attempts: readonly AttemptRecord[];
  /** Of each attempt: what its log says at its end about a failure; null where there is none. */
  readonly lastWords: readonly (string | null)[];
  /** Its configuration among those with a result; null where it has none. */
  readonly rank: { readonly place: number; readonly of: number; readonly result: RankedConfiguration } | null;
  /** Trials that continue its checkpoint, and from which step. */
  readonly children: readonly Continuation[];
  /** Trials of the same configuration, this one too, in order of number. */
  readonly repeats: readonly TrialRow[];
  readonly files: TrialFiles;
  /** Null where nobody knows it. */
  readonly command: string | null;
  /** Its curve of the first objective before those of the others; null where it reported fewer than two steps. */
  readonly curve: Figure | null;
};

/** Reads a trial. @throws HpoError trial.not-found (usage). */
export async function readTrial(storage: Storage, record: StudyRecord, number: number): Promise<ShownTrial> {
  const here = attemptsHere(storage, record);
  const row = await here(await findTrial(storage, record, number));
  const study = await studyToRead(storage, record);
  const params = orderedParams(study, row);
  const ofConfiguration = await readConfiguration(storage, study, number);
  const repeats: TrialRow[] = [];
  const attempts = await Promise.all((await storage.attempts({ trialId: row.id })).map(here));
  for (const each of ofConfiguration.trials) repeats.push(...(await storage.rows(record.id, each, 1)));
  return {
    study,
    row,
    isOutlier: isOutlier(row, ofConfiguration.limits),
    params,
    metrics: await storage.metrics(record.id, number),
    attributes: (await storage.readTrialAttributes(record.id, number, 1)).get(number) ?? {},
    attempts,
    lastWords: await Promise.all(attempts.map((attempt) => lastWordsOf(attempt, number))),
    rank: ofConfiguration.rank,
    curve: ofConfiguration.curve,
    children: ofConfiguration.children,
    repeats: repeats.length === 0 ? [row] : repeats,
    files: filesOf(row),
    command:
      record.spec === null ? null : rerunCommand(study.spec, { ...row, params }, effectiveNames(study.space)),
  };
}

async function lastWordsOf(attempt: AttemptRecord, trial: number): Promise<string | null> {
  if (attempt.exitCode === null || attempt.exitCode === 0) return null;
  const control = await controlOf(attempt.handle);
  return control && readLastWords(control, { ...attempt, trial });
}

async function readConfiguration(
  storage: Storage,
  study: ReadableStudy,
  number: number,
): Promise<
  Pick<ShownTrial, 'rank' | 'curve' | 'children'> & { trials: readonly number[]; limits: OutlierLimits }
> {
  const results = await readStudyResults(storage, study);
  const [target] = targetsOf(results);
  const curveOf = (trial: number) => results.curves.get(trial);
  const curve = target ? drawTrialCurve({ results, target, curveOf }, number) : null;
  const limits = outliersIn(results.table, study.spec.objectives);
  const drawn = { curve, children: childrenOf(results.table, number), limits };
  const row = results.configurations.rowOf(number);
  if (row === null) return { rank: null, ...drawn, trials: [] };
  const own = results.configurations.at(row);
  const trials = own.trials.map((trial) => trial.number).sort((a, b) => a - b);
  // A front has no places.
  if (study.spec.objectives.length > 1) return { rank: null, ...drawn, trials };
  const rows = results.configurations.ranks.all();
  const place = rows.indexOf(row);
  if (place === -1) return { rank: null, ...drawn, trials };
  const result = toRanked(study.space, own);
  return { rank: { place: place + 1, of: rows.length, result }, ...drawn, trials };
}

function orderedParams({ space }: ReadableStudy, { params, forced }: TrialRow): Params {
  const all: Params = { ...params, ...forced };
  const names = new Set([...effectiveNames(space), ...Object.keys(all)]);
  return Object.fromEntries(
    [...names].flatMap((name) => (Object.hasOwn(all, name) ? [[name, all[name] ?? null]] : [])),
  );
}

const NO_FILES: TrialFiles = { folder: null, log: null, checkpoints: [], host: null, job: null };

function filesOf({ handle, number }: TrialRow): TrialFiles {
  const folder = handle ? attemptFolder(handle) : null;
  if (folder === null) return NO_FILES;
  try {
    const { trialDir, log, logLink, checkpointDir } = attemptFiles(folder, number);
    return {
      folder: existing(trialDir),
      log: existing(logLink) ?? existing(log),
      checkpoints: existsSync(checkpointDir)
        ? readdirSync(checkpointDir).map((name) => `${checkpointDir}/${name}`)
        : [],
      ...placeOfAttempt(handle ?? ''),
    };
  } catch {
    // A handle that is no folder of hpo, or a folder that cannot be read.
    return NO_FILES;
  }
}

function existing(path: string): string | null {
  return existsSync(path) ? path : null;
}
