import type { OptionValues } from '../../src/core/component-options.js';
import type { Rng } from '../../src/core/rng.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Direction, TrialView } from '../../src/core/trial.js';
import type { Pruner } from '../../src/pruners/pruner.js';

/** A report (with its step), or the end of a trial (step null; value null: it failed). */
export type Event = readonly [trial: number, step: number | null, value: number | null];
export type History = {
  readonly pruner: string;
  readonly options: OptionValues;
  readonly direction: Direction;
  readonly events: readonly Event[];
};

/** Values by step of one trial, in the order of their reports, and the value of the whole; null: it fails. */
export type Curve = { readonly reports: readonly (readonly [number, number])[]; readonly end: number | null };

/** The reports of several trials, at most `parallel` of them running at a time; numbers in the order of their starts. */
export function interleave(curves: readonly Curve[], parallel: number, rng: Rng): Event[] {
  const events: Event[] = [];
  const running: { number: number; next: number }[] = [];
  let started = 0;
  while (started < curves.length || running.length > 0) {
    const begins = running.length < parallel && started < curves.length;
    if (begins) running.push({ number: started++, next: 0 });
    // A trial reports as soon as it starts: the other program numbers trials by their first report.
    const at = begins ? running.length - 1 : rng.int(running.length);
    const one = running[at] as { number: number; next: number };
    const curve = curves[one.number] as Curve;
    const report = curve.reports[one.next++];
    if (report) {
      events.push([one.number, ...report]);
      continue;
    }
    events.push([one.number, null, curve.end]);
    running.splice(at, 1);
  }
  return events;
}

/** What a pruner of ours decides at each report, where what it prunes ends there. */
export function replay(pruner: Pruner, { direction, events }: History): boolean[] {
  const trials = new Map<number, TrialView>();
  const decisions: boolean[] = [];
  for (const [number, step, value] of events) {
    const trial = trials.get(number) ?? { number, state: 'running', values: null, steps: new Map() };
    if (trial.state === 'pruned') continue;
    if (step === null) {
      const state = value === null ? 'fail' : 'complete';
      trials.set(number, { ...trial, state, values: value === null ? null : [value] });
      continue;
    }
    const steps = new Map([...trial.steps, [step, value as number] as const].sort(([a], [b]) => a - b));
    const reported = { ...trial, steps };
    trials.set(number, reported);
    const { prune } = pruner.decide(reported, viewOfTrials(trials, direction));
    decisions.push(prune);
    if (prune) trials.set(number, { ...reported, state: 'pruned' });
  }
  return decisions;
}

function viewOfTrials(trials: ReadonlyMap<number, TrialView>, direction: Direction): StudyView {
  const configs = [...trials.values()].map(
    (trial, index): ConfigView => ({
      index,
      params: { x: index },
      key: `[["x",${index}]]`,
      state: trial.state === 'waiting' ? 'running' : trial.state,
      values: trial.values,
      std: null,
      trialCount: trial.state === 'complete' ? 1 : 0,
      violations: [],
      trials: [trial],
      attrs: {},
    }),
  );
  return { directions: [direction], seed: 1, maxSteps: null, earlier: null, configs };
}
