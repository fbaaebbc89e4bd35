import { rankedJson } from '../result-json.js';
import type { ConfigurationsComparison } from './compare-configurations.js';
import type { StudiesComparison } from './compare-studies.js';

/** A comparison of studies as `hpo compare --json` prints it. */
export function studiesJson({ sides, budgets, against }: StudiesComparison): object {
  return {
    studies: sides.map(({ study, best, counts, epochs, hours, atBudget }) => ({
      study: study.name,
      objective: study.spec.objectives[0]?.metric,
      best: best && rankedJson(best),
      counts,
      epochs,
      hours,
      atBudget,
    })),
    budgets,
    tests: against.map(({ a, b, test }) => ({
      a,
      b,
      superiority: test.superiority,
      low: test.interval?.[0] ?? null,
      high: test.interval?.[1] ?? null,
      pValue: test.pValue,
    })),
  };
}

/** A comparison of two configurations as `hpo compare --json` prints it. */
export function configurationsJson({ study, a, b, objectives }: ConfigurationsComparison): object {
  return {
    study: study.name,
    a,
    b,
    objectives: objectives.map(({ metric, paired: { pairs, difference, interval, pValue, isTooFew } }) => ({
      metric,
      pairs,
      difference,
      low: interval?.[0] ?? null,
      high: interval?.[1] ?? null,
      pValue,
      tooFew: isTooFew,
    })),
  };
}
