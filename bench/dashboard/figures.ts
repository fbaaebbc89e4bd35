import type { PageFigures } from './page.js';
import type { ReportFile } from './report-file.js';
import type { SweepTimes } from './sweep.js';

export type SizeFigures = {
  readonly trials: number;
  /** hpo has never opened the database before. */
  readonly first: PageFigures;
  readonly hpo: PageFigures;
  /** Null: not installed. */
  readonly optuna: PageFigures | null;
};

export type Figures = {
  readonly sizes: readonly SizeFigures[];
  readonly report: ReportFile;
  readonly sweepTrials: number;
  readonly sweeps: SweepTimes;
};
