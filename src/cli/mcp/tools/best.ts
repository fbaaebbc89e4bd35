import { optionalCount, type Tool } from '../../../mcp/tool.js';
import { kneeIn } from '../../../results/front-knee.js';
import { noneFeasible } from '../../../results/results-model.js';
import { distinguishedJson, frontJson } from '../../result-json.js';
import type { OpenedResults, StudyAccess } from '../study-access.js';
import { STUDY } from './status.js';

const TOP = 5;

/** Shows the best configurations. */
export function bestTool(studies: StudyAccess): Tool {
  return {
    name: 'best',
    title: 'The best configurations',
    summary:
      'Show the best configurations, or the Pareto front of several objectives: parameters, mean value and standard deviation over their trials, whether repeats tell them from the first one, and the command that runs the best one again.',
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
    return distinction ? distinguishedJson(each, distinction) : frontJson(each, each === knee);
  });
  const { commandOf } = await import('../../best/best-command.js');
  // Of trials that a program ran as functions nobody knows a command.
  const command = await commandOf(storage, { record, study }, knee ?? first).catch(() => null);
  const note = ranked.some(({ feasible }) => feasible) ? null : noneFeasible(metricConstraints);
  return { study: study.name, objectives, best: best.slice(0, top), command, note };
}
