import type { PlotKind } from './plot.js';

/** Every kind of plot, in the order of the help. To add one: one file, one entry (docs/extending.md). */
export const plots: readonly PlotKind[] = [
  {
    name: 'history',
    summary: 'the value of each trial and the best so far; repeats with their deviation',
    needs: 'one objective',
    load: async () => (await import('./history.js')).drawHistory,
  },
  {
    name: 'curves',
    summary: 'learning curves of the best configurations in front of the others',
    needs: 'one objective',
    load: async () => (await import('./curves.js')).drawCurves,
  },
  {
    name: 'importance',
    summary: 'how much of the objective each parameter explains, with intervals',
    needs: 'one objective',
    load: async () => (await import('./importance.js')).drawImportance,
  },
  {
    name: 'slice',
    summary: 'the value of each trial over each parameter, one panel a parameter',
    needs: 'one objective',
    load: async () => (await import('./slice.js')).drawSlice,
  },
  {
    name: 'contour',
    summary: 'the value over two parameters, the two that matter most or --params',
    needs: 'one objective',
    load: async () => (await import('./contour.js')).drawContour,
  },
  {
    name: 'parallel',
    summary: 'parallel coordinates: an axis for each parameter, a line for each trial',
    needs: 'one objective',
    load: async () => (await import('./parallel.js')).drawParallel,
  },
  {
    name: 'pareto',
    summary: 'two objectives against each other, with the Pareto front; three as pairs',
    needs: 'several objectives',
    load: async () => (await import('./pareto.js')).drawPareto,
  },
  {
    name: 'timeline',
    summary: 'which slot ran which trial when, and how it ended',
    needs: 'trials',
    load: async () => (await import('./timeline.js')).drawTimeline,
  },
];
