import type { OptionValues } from '../core/component-options.js';
import type { StudyView } from '../core/study-view.js';
import { bracketOf, firstNumber, inBracket, sharesOf } from '../pruners/brackets.js';
import { others } from '../pruners/steps.js';
import { nextByHalving } from './halving.js';
import { fullSteps, ladderOf, rungsOf } from './rungs.js';
import { proceed, type Scheduler } from './scheduler.js';
import { comparable } from './standing.js';
import { stopAtRungs } from './stop-at-rungs.js';

/**
 * Hyperband (Li et al., JMLR 18, 2018), asynchronous: brackets of successive halving with promotion. Bracket b begins at rung
 * b and the last one trains in full, which protects against curves that cross. Configurations compete within their bracket.
 */
export function makeHyperband(options: OptionValues): Scheduler {
  const ladder = ladderOf(options);
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
    next(given) {
      const planned = plan(given);
      if (planned === null) return null;
      const view = comparable(given);
      const { rungs, shares } = planned;
      // The bracket that begins last has the trials that are trained furthest.
      for (let bracket = rungs.length - 1; bracket >= 0; bracket--) {
        const { reductionFactor } = ladder;
        const within = { rungs: rungs.slice(bracket), reductionFactor };
        const found = nextByHalving(inBracket(view.configs, bracket, shares), view, within);
        if (found !== null) return found;
      }
      return null;
    },
  };
}
