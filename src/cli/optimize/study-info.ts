import type { StudySpec } from '../../core/spec.js';
import type { ProgressAtStart, StudyInfo } from '../../loggers/study-reader.js';
import type { Storage } from '../../storage/storage.js';
import type { ResultsSource, StudyIdentity } from '../../study/study-context.js';

type StartedStudy = StudyIdentity & ResultsSource & { readonly spec: StudySpec };

type Start = {
  /** Number of trials that the study will have after the sweep; null when unknown. */
  readonly total: number | null;
  readonly slots: number;
  /** Failed trials are run again, so they do not count as done. */
  readonly retryFailed: boolean;
};

/** Returns what loggers know about the study when a sweep starts. */
export async function makeStudyInfo(storage: Storage, study: StartedStudy, start: Start): Promise<StudyInfo> {
  const { id, name, spec } = study;
  const record = await storage.findStudy(name);
  return {
    id,
    name,
    createdAtMs: record?.createdAtMs ?? null,
    seed: record?.seed ?? null,
    spec,
    progress: await progressAtStart(study, start),
  };
}

async function progressAtStart(
  study: ResultsSource,
  { total, slots, retryFailed }: Start,
): Promise<ProgressAtStart> {
  const { configs } = await study.view();
  const own = await study.configurations();
  const numbers = new Map(own.map(({ config }) => [config.key, config.number]));
  const violations = new Map(own.flatMap((each) => each.trials.map((t) => [t.number, t.violations])));
  const trials = configs.flatMap((config) => config.trials);
  const done = retryFailed ? ['complete', 'pruned'] : ['complete', 'pruned', 'fail'];
  return {
    total,
    slots,
    done: trials.filter((trial) => done.includes(trial.state)).length,
    configurations: configs.map(({ key, trials: all, violations: ofConfiguration }) => ({
      number: numbers.get(key) ?? null,
      trials: all
        .filter(({ state }) => done.includes(state))
        .map(({ number, state, values }) => {
          // Trials of other programs have no violations of their own.
          return { number, state, values, violations: violations.get(number) ?? ofConfiguration };
        }),
    })),
  };
}
