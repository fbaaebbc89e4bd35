import type { Direction } from '../core/trial.js';
import type { Curve } from '../results/curves.js';
import type { ResultsModel } from '../results/results-model.js';
import type { Figure } from './figure.js';

/** The metric that is plotted: an objective, or another one that trials reported. */
export type Target = {
  readonly name: string;
  /** Which objective; null for another metric. */
  readonly objective: number | null;
  /** Null for a metric of which nobody said what is better. */
  readonly direction: Direction | null;
};

/** What a plot is drawn from. */
export type PlotInput = {
  readonly results: ResultsModel;
  readonly target: Target;
  /** The target of a trial over its steps; null when it reported none. */
  readonly curveOf: (trial: number) => Curve | null;
};

export type PlotSettings = {
  /** How many of the best configurations stand out. */
  readonly top: number;
  readonly isLogY: boolean;
  /** Draws values far from the rest, too. */
  readonly showsOutliers: boolean;
  /** Names of the parameters to show, where a plot shows some of them; empty: the plot chooses. */
  readonly parameters: readonly string[];
};

/** Returns the figure of a study with any number of trials, none included. Pure. */
export type DrawPlot = (input: PlotInput, settings: PlotSettings) => Figure;

/** One kind of plot. */
export type PlotKind = {
  readonly name: string;
  readonly summary: string;
  /** What the study must have. `trials`: started ones, whatever they came to. */
  readonly needs: 'one objective' | 'several objectives' | 'trials';
  readonly load: () => Promise<DrawPlot>;
};
