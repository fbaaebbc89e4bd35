import type { ParamValue } from '../../../core/distribution.js';
import type { Tool } from '../../../mcp/tool.js';
import type { RankedConfiguration } from '../../../results/results-model.js';
import type { StudyAccess } from '../study-access.js';
import { STUDY } from './status.js';

/** Says which parameters matter. */
export function importanceTool(studies: StudyAccess): Tool {
  return {
    name: 'importance',
    title: 'Which parameters matter',
    summary:
      'Show how much of the objective each parameter explains on its own (fANOVA): a share with its interval (low, high: the middle 80% of the trees), and which values the best configurations have. Overlapping intervals mean that the order is not certain. The trials are those that the search chose, more of them where results were good. Report the notes: they say when shares mean little.',
    arguments: { study: STUDY },
    effect: 'reads',
    run: (args) =>
      studies.results(args.text('study'), async ({ study, results }) => {
        const { importanceFor, importanceNotes, noImportance, orderNote } = await import(
          '../../../results/importance.js'
        );
        const { bestTenth, edgeNotes } = await import('../../../results/best-edges.js');
        const objectives = study.spec.objectives.map(({ metric }, k) => {
          const found = importanceFor(results, k) ?? noImportance(results, k);
          const { explained, configurations, tooFew, left } = found;
          const parameters = found.parameters.map(({ name, importance, low, high }) => ({
            name,
            importance: rounded(importance),
            low: rounded(low),
            high: rounded(high),
          }));
          return {
            objective: metric,
            parameters,
            explained: rounded(explained),
            configurations,
            tooFew,
            left,
            notes: [...importanceNotes(found), ...[orderNote(found) ?? []].flat()],
          };
        });
        const top = study.spec.objectives.length > 1 ? results.front() : bestTenth(results);
        const best = { ...valuesIn(top), notes: edgeNotes(results) };
        return { data: { study: study.name, objectives, best }, png: null };
      }),
  };
}

/** Which values configurations have of each parameter: a range of numbers, or how often each choice. */
function valuesIn(configurations: readonly RankedConfiguration[]) {
  const values = new Map<string, ParamValue[]>();
  for (const { params } of configurations)
    for (const [name, value] of Object.entries(params))
      values.set(name, [...(values.get(name) ?? []), value as ParamValue]);
  return {
    configurations: configurations.length,
    values: Object.fromEntries([...values].map(([name, list]) => [name, summaryOf(list)])),
  };
}

/** Further digits say nothing, and look as if they did. */
function rounded(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

function summaryOf(values: readonly ParamValue[]) {
  if (values.every((value) => typeof value === 'number'))
    return { low: values.reduce((a, b) => Math.min(a, b)), high: values.reduce((a, b) => Math.max(a, b)) };
  const counts = new Map<string, number>();
  for (const value of values) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return Object.fromEntries(counts);
}
