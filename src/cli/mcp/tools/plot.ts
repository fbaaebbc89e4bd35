import { optionalChoice, optionalText, type Tool } from '../../../mcp/tool.js';
import { plots } from '../../../plots/registry.js';
import type { StudyAccess } from '../study-access.js';
import { STUDY } from './status.js';

const TOP = 5;

/** Draws a plot of a study. */
export function plotTool(studies: StudyAccess): Tool {
  const kinds = plots.map(({ name, summary }) => `${name}: ${summary}`).join('; ');
  return {
    name: 'plot',
    title: 'Draw a plot',
    summary: `Draw a plot of a study as a picture. ${kinds}.`,
    arguments: {
      study: STUDY,
      kind: optionalChoice(
        'what to draw (default: history, or pareto of several objectives)',
        plots.map(({ name }) => name),
      ),
      metric: optionalText('an objective or another metric (default: the first objective)'),
    },
    effect: 'reads',
    run: (args) =>
      studies.results(args.text('study'), async ({ storage, study }) => {
        const { drawFigure } = await import('../../plot-figure.js');
        const { pngOf } = await import('../../png.js');
        const natural = study.spec.objectives.length > 1 ? 'pareto' : 'history';
        const figure = await drawFigure(storage, study, {
          kind: args.optionalText('kind') ?? natural,
          metric: args.optionalText('metric'),
          top: TOP,
          isLogY: false,
          showsOutliers: false,
          parameters: [],
        });
        const { kind, title, notes, legend } = figure;
        const labels = legend.map(({ label }) => label);
        return { data: { study: study.name, kind, title, legend: labels, notes }, png: await pngOf(figure) };
      }),
  };
}
