import { usageError } from '../../../core/errors.js';
import { printableLine } from '../../../core/printable.js';
import { optionalChoice, optionalFlag, optionalText, type Tool } from '../../../mcp/tool.js';
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
    summary: `Draw a plot of a study as a picture. ${kinds.replace('--params', 'params')}. Report the notes: they say what it leaves out. A file for the user: hpo plot KIND --study NAME --out FILE.png.`,
    arguments: {
      study: STUDY,
      kind: optionalChoice(
        'what to draw (default: history, or pareto of several objectives)',
        plots.map(({ name }) => name),
      ),
      metric: optionalText('an objective or another metric (default: the first objective)'),
      params: optionalText('the two parameters of contour, with a comma between them'),
      log: optionalFlag('a log axis for the metric (default: false)'),
      outliers: optionalFlag('show values far from the rest, too (default: false)'),
    },
    effect: 'reads',
    run: (args) =>
      studies.results(args.text('study'), async ({ storage, study }) => {
        const { drawFigure } = await import('../../plot-figure.js');
        const { pngOf } = await import('../../png.js');
        const natural = study.spec.objectives.length > 1 ? 'pareto' : 'history';
        const kind = args.optionalText('kind') ?? natural;
        const figure = await drawFigure(storage, study, {
          kind,
          metric: args.optionalText('metric'),
          top: TOP,
          isLogY: args.flag('log'),
          showsOutliers: args.flag('outliers'),
          parameters: pairOf(args.optionalText('params'), kind),
        });
        const { title, notes, legend } = figure;
        const labels = legend.map(({ label }) => label);
        return { data: { study: study.name, kind, title, legend: labels, notes }, png: await pngOf(figure) };
      }),
  };
}

/** Returns the names of two parameters; none where the plot chooses. @throws HpoError plot.params (usage). */
function pairOf(text: string | null, kind: string): readonly string[] {
  if (text === null) return [];
  const names = text.split(',').map((name) => name.trim());
  if (kind === 'contour' && names.length === 2 && names[0] !== names[1]) return names;
  throw usageError(
    'plot.params',
    `expected two parameters with a comma between them, and the kind contour, got ${printableLine(text)} with ${kind}`,
  );
}
