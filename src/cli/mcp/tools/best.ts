import { optionalCount, type Tool } from '../../../mcp/tool.js';
import type { Distinction } from '../../../results/distinction.js';
import { kneeIn } from '../../../results/front-knee.js';
import { noneFeasible, type StateCounts } from '../../../results/results-model.js';
import { TESTS } from '../../distinction-text.js';
import { frontJson } from '../../result-json.js';
import { shortNumber, shortRanked } from '../short-number.js';
import type { OpenedResults, StudyAccess } from '../study-access.js';
import { STUDY } from './status.js';

const TOP = 5;
const CHECK =
  "it was run once, so its value may be luck: run it against the program's own defaults as a study with both as initial_points, configurations: 2 and repeats: 5";

/** Shows the best configurations. */
export function bestTool(studies: StudyAccess): Tool {
  return {
    name: 'best',
    title: 'The best configurations',
    summary:
      'Show the best configurations, or the Pareto front of several objectives: parameters, mean value and standard deviation std over n complete trials, and the command that runs the best one again. distinguishable, pValue (Holm-adjusted) and repeatsNeeded compare each with the first one by their repeats; null: too few of them for a test.',
    arguments: { study: STUDY, top: optionalCount(`how many (default: ${TOP})`) },
    effect: 'reads',
    run: (args) => {
      const top = Math.max(1, args.optionalCount('top') ?? TOP);
      return studies.results(args.text('study'), async (opened) => ({
        data: await bestOf(opened, top),
        png: null,
      }));
    },
  };
}

async function bestOf({ storage, record, study, results }: OpenedResults, top: number) {
  const { objectives, metricConstraints } = study.spec;
  const isFront = objectives.length > 1;
  const front = isFront ? results.front() : [];
  const ranked = isFront ? front.slice(0, top) : results.best(Math.max(TOP, top));
  const [first] = ranked;
  if (!first) return { study: study.name, objectives, best: [], note: 'no trial is complete yet' };
  const knee = isFront ? kneeIn(front, objectives) : null;
  const distinctions = isFront ? [] : results.distinctions(ranked);
  const best = ranked.map((each, k) => {
    const distinction = distinctions[k];
    if (!distinction) return frontJson(each, each === knee);
    // What is said of the first is of it and the second, where it stands already.
    if (k === 0) return shortRanked(each);
    const { distinguishable, pValue, repeatsNeeded } = distinction;
    return { ...shortRanked(each), distinguishable, pValue: shortNumber(pValue), repeatsNeeded };
  });
  const { commandOf } = await import('../../best/best-command.js');
  // Of trials that a program ran as functions nobody knows a command.
  const command = await commandOf(storage, { record, study }, knee ?? first).catch(() => null);
  const limits = ranked.some(({ feasible }) => feasible) ? null : noneFeasible(metricConstraints);
  return {
    study: study.name,
    objectives,
    best: best.slice(0, top),
    test: testOf(distinctions),
    command,
    note: limits ?? leftOut(results.counts()),
    next: isFront || first.trialCount > 1 ? null : CHECK,
  };
}

/** The name of the test; null where nothing could be tested. */
function testOf(distinctions: readonly Distinction[]): string | null {
  const test = distinctions.find((each) => each.test !== null)?.test ?? null;
  return test && TESTS[test];
}

function leftOut({ pruned, fail }: StateCounts): string | null {
  return pruned + fail === 0 ? null : `${pruned} pruned and ${fail} failed trials have no result: see trials`;
}
