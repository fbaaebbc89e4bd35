import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { TrialView } from '../../src/core/trial.js';
import type { Pruner } from '../../src/pruners/pruner.js';
import type { Family } from './curves.js';

/** Trials at a time: with more, pruners that compare at a rung see fewer peers. */
const SLOTS = 4;

export type Swept = {
  readonly epochs: number;
  readonly complete: number;
  /** True loss of the chosen configuration minus that of the best one tried. */
  readonly regret: number;
};

type Trial = { readonly number: number; readonly losses: readonly number[]; readonly truth: number };

/** Simulates a sweep of this many configurations of a family; every epoch takes the same time. */
export function sweep(family: Family, seed: number, pruner: Pruner, mean: boolean): Swept {
  const trials = Array.from(
    { length: family.configurations },
    (_, number): Trial => ({ number, ...family.draw(seed, number) }),
  );
  const configs: ConfigView[] = [];
  const done: Trial[] = [];
  let running: Trial[] = [];
  let started = 0;
  let epochs = 0;
  while (started < trials.length || running.length > 0) {
    while (running.length < SLOTS && started < trials.length) {
      const trial = trials[started++] as Trial;
      running.push(trial);
      configs.push(viewOf({ number: trial.number, state: 'running', values: null, steps: new Map() }));
    }
    const still: Trial[] = [];
    for (const trial of running) {
      const before = configs[trial.number]?.trials[0] as TrialView;
      const epoch = before.steps.size + 1;
      const steps = new Map(before.steps).set(epoch, trial.losses[epoch - 1] as number);
      const view: StudyView = { directions: ['minimize'], seed, maxSteps: null, earlier: null, configs };
      const reported: TrialView = { ...before, steps };
      configs[trial.number] = viewOf(reported);
      epochs++;
      if (pruner.decide(reported, view).prune)
        configs[trial.number] = viewOf({ ...reported, state: 'pruned' });
      else if (epoch < family.epochs) still.push(trial);
      else {
        configs[trial.number] = viewOf(finished(reported, mean));
        done.push(trial);
      }
    }
    running = still;
  }
  return { epochs, complete: done.length, regret: regretOf(trials, configs) };
}

function finished(trial: TrialView, mean: boolean): TrialView {
  const losses = [...trial.steps.values()];
  const value = mean
    ? losses.reduce((sum, loss) => sum + loss, 0) / losses.length
    : (losses.at(-1) as number);
  return Number.isNaN(value) ? { ...trial, state: 'fail' } : { ...trial, state: 'complete', values: [value] };
}

function viewOf(trial: TrialView): ConfigView {
  return {
    index: trial.number,
    params: { x: trial.number },
    key: String(trial.number),
    state: trial.state === 'waiting' ? 'running' : trial.state,
    values: trial.values,
    std: null,
    trialCount: trial.state === 'complete' ? 1 : 0,
    violations: [],
    trials: [trial],
    attrs: {},
  };
}

/** The user takes the complete trial with the lowest reported loss. */
function regretOf(trials: readonly Trial[], configs: readonly ConfigView[]): number {
  const value = (k: number) => configs[k]?.values?.[0] ?? Number.POSITIVE_INFINITY;
  const chosen = trials.reduce((a, b) => (value(b.number) < value(a.number) ? b : a));
  return chosen.truth - Math.min(...trials.map(({ truth }) => truth));
}
