import { printable } from '../../core/printable.js';
import { makePlainView } from '../../loggers/terminal/plain.js';
import { Progress } from '../../loggers/terminal/progress.js';
import type { SweepEvent } from '../../study/events.js';
import type { ResultsSource } from '../../study/study-context.js';
import type { Plan } from './plan.js';

/** What a person watches while a sweep runs. */
export type View = {
  readonly subscriber: (event: SweepEvent) => void;
  /** A line of text among the rest. */
  readonly log: (line: string) => void;
  readonly close: () => void;
  /** Trials started or taken over in this call. */
  readonly started: () => number;
};

/** Bars on a terminal, plain lines elsewhere; with --json plain lines on stderr, since stdout is for the result. */
export async function makeView(
  study: ResultsSource,
  plan: Plan,
  slots: number,
  json: boolean,
  retryFailed: boolean,
): Promise<View> {
  const progress = new Progress(await startOf(study, plan, slots, retryFailed));
  const stream = json ? process.stderr : process.stdout;
  const plain = () => makePlainView(progress, (line) => stream.write(`${printable(line)}\n`), Date.now);
  const live = async () =>
    (await import('../../loggers/terminal/live.js')).makeLiveView(progress, stream, Date.now);
  const view = stream.isTTY && process.env.TERM !== 'dumb' ? await live() : plain();
  let started = 0;
  return {
    ...view,
    subscriber: (event) => {
      if (event.type === 'trial-started') started++;
      view.subscriber(event);
    },
    started: () => started,
  };
}

async function startOf(study: ResultsSource, plan: Plan, slots: number, retryFailed: boolean) {
  const { configs } = await study.view();
  const ours = await study.configurations();
  const numbers = new Map(ours.map(({ config }) => [config.key, config.number]));
  const violations = new Map(ours.flatMap((each) => each.trials.map((t) => [t.number, t.violations])));
  const trials = configs.flatMap((config) => config.trials);
  const counted = retryFailed ? ['complete', 'pruned'] : ['complete', 'pruned', 'fail'];
  return {
    objectives: study.spec.objectives,
    total: plan.shown,
    done: trials.filter((trial) => counted.includes(trial.state)).length,
    repeats: study.spec.repeats,
    configurations: configs.map(({ key, trials: all, violations: ofConfiguration }) => ({
      number: numbers.get(key) ?? null,
      trials: all
        .filter(({ state }) => counted.includes(state))
        .map(({ number, state, values }) => {
          // Of what another program added the violations are known for its configuration alone.
          return { number, state, values, violations: violations.get(number) ?? ofConfiguration };
        }),
    })),
    slots,
  };
}
