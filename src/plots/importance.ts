import { importanceFor, importanceNotes } from '../results/importance.js';
import { emptyFigure, nothingComplete } from './empty.js';
import type { Figure } from './figure.js';
import { plural } from './number-text.js';
import type { PlotInput } from './plot.js';
import { categoryAxis, valueAxis } from './scale.js';

/** More bars have no room for their names. */
const MOST_BARS = 30;

/** How much of the objective each parameter explains, with intervals. */
export function drawImportance({ results, target }: PlotInput): Figure {
  const title = `Importance for ${target.name}`;
  if (target.objective === null)
    return emptyFigure(
      'importance',
      title,
      `${target.name} is no objective: only objectives have importances`,
    );
  const count = results.configurations.ranks.top(2).length;
  if (count === 0) return emptyFigure('importance', title, nothingComplete(results));
  const found = importanceFor(results, target.objective);
  if (found === null)
    return emptyFigure('importance', title, 'too few: importance needs at least 2 complete configurations');
  const [constant = ''] = importanceNotes(found);
  if (found.constant !== null) return emptyFigure('importance', title, constant);
  const shown = found.parameters.slice(0, MOST_BARS);
  const numbers = shown.map((_, k) => shown.length - 1 - k);
  const most = shown.reduce((high, each) => Math.max(high, each.high), 0);
  const x = valueAxis({
    label: 'share of the variance that parameters explain on their own',
    scale: 'linear',
    extent: [0, Math.max(0.1, most)],
    isWhole: false,
    absent: null,
    isTight: false,
  });
  return {
    kind: 'importance',
    title,
    panels: [
      {
        type: 'cartesian',
        title: null,
        x: { ...x, domain: [0, x.domain[1]], ticks: x.ticks.filter(({ value }) => value >= 0) },
        y: categoryAxis('', shown.map(({ name }) => name).toReversed(), null),
        marks: [
          {
            mark: 'bars',
            tone: found.tooFew ? 'muted' : 'main',
            y: numbers,
            value: shown.map((each) => each.importance),
            low: shown.map(({ low }) => low),
            high: shown.map(({ high }) => high),
          },
        ],
      },
    ],
    legend: [
      { tone: found.tooFew ? 'muted' : 'main', symbol: 'band', label: 'importance' },
      { tone: 'muted', symbol: 'interval', label: 'middle 80% of the trees' },
    ],
    notes: [
      ...importanceNotes(found),
      ...(found.parameters.length > shown.length
        ? [`${plural(found.parameters.length - shown.length, 'less important parameter')} not shown`]
        : []),
    ],
  };
}
