import type { ResultsModel } from '../results/results-model.js';
import type { Figure } from './figure.js';
import { plural } from './number-text.js';

/** Returns a figure without panels that says why there is nothing to draw. */
export function emptyFigure(kind: string, title: string, reason: string): Figure {
  return { kind, title, panels: [], legend: [], notes: [reason] };
}

/** Returns why a study has no results to draw: `no complete trial yet: 3 failed`. */
export function nothingComplete(results: ResultsModel): string {
  const { pruned, fail, running, queued, paused, waiting } = results.counts();
  const others = [
    [pruned, 'pruned'],
    [fail, 'failed'],
    [running, 'running'],
    [paused, 'paused'],
    [queued + waiting, 'waiting'],
  ] as const;
  const parts = others.filter(([count]) => count > 0).map(([count, state]) => `${count} ${state}`);
  if (parts.length === 0) return 'no complete trial yet';
  const total = pruned + fail + running + paused + queued + waiting;
  return `no complete trial yet, of ${plural(total, 'trial')}: ${parts.join(', ')}`;
}
