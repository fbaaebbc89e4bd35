import type { OptionValues } from '../core/component-options.js';
import type { StudyView } from '../core/study-view.js';
import type { TrialView } from '../core/trial.js';
import { others } from '../pruners/steps.js';
import { bracketOf, inBracket, sharesOf } from './brackets.js';
import { nextByHalving } from './halving.js';
import { fullSteps, rungsOf } from './rungs.js';
import { type Promotion, proceed, type Scheduler } from './scheduler.js';
import { stopAtRungs } from './stop-at-rungs.js';

/**
 * Hyperband (Li et al., JMLR 18, 2018), asynchronous: brackets of successive halving with promotion. Bracket b begins at rung
 * b and the last one trains in full, which protects against curves that cross. Configurations compete within their bracket.
 */
export function makeHyperband(options: OptionValues): Scheduler {
  const { reduction_factor: reductionFactor, min_steps: minSteps } = options as Record<string, number>;
  const ladder = { reductionFactor: reductionFactor as number, minSteps: minSteps as number };
  const plan = (view: StudyView) => {
    const full = fullSteps(view);
    if (full === null) return null;
    const rungs = rungsOf(full, ladder);
    return { full, rungs, shares: sharesOf(rungs.length, ladder.reductionFactor) };
  };
  return {
    firstTargets(view) {
      const planned = plan(view);
      if (planned === null) return () => null;
      return (first) => {
        const rung = planned.rungs[bracketOf(first, planned.shares)];
        return rung === undefined || rung === planned.full ? null : rung;
      };
    },
    decide(trial, view) {
      const planned = plan(view);
      if (view.resumable || planned === null) return proceed('it is judged at its target step');
      const bracket = bracketOf(firstNumber(trial, view), planned.shares);
      const competitors = inBracket(others(trial, view), bracket, planned.shares);
      return stopAtRungs(trial, view, competitors, {
        firstRung: planned.rungs[bracket] as number,
        reductionFactor: ladder.reductionFactor,
      });
    },
    next(view) {
      const planned = plan(view);
      if (planned === null) return null;
      const { rungs, shares } = planned;
      // The bracket that begins last has the trials that are trained furthest.
      const found: (Promotion | null)[] = rungs
        .map((_, bracket) => bracket)
        .toReversed()
        .map((bracket) =>
          nextByHalving(inBracket(view.configs, bracket, shares), view, {
            rungs: rungs.slice(bracket),
            reductionFactor: ladder.reductionFactor,
          }),
        );
      return found.find((promotion) => promotion !== null) ?? null;
    },
  };
}

/** The number of the first trial of a trial's configuration. */
function firstNumber(trial: TrialView, view: StudyView): number {
  const own = view.configs.find(({ trials }) => trials.some(({ number }) => number === trial.number));
  return own?.trials[0]?.number ?? trial.number;
}
