import type { Commits } from './commits.js';
import type { PageFigures } from './page.js';
import type { ReportFile } from './report-file.js';
import type { SweepTimes } from './sweep.js';

export type SizeFigures = {
  readonly trials: number;
  /** hpo has never opened the database before. */
  readonly first: PageFigures;
  readonly hpo: PageFigures;
  /** Null: not installed, or it does not start. */
  readonly optuna: PageFigures | null;
  readonly commits: Commits;
};

export type Figures = {
  readonly sizes: readonly SizeFigures[];
  readonly report: ReportFile;
  readonly sweeps: readonly KindFigures[];
};

export type KindFigures = { readonly trials: number; readonly stepMs: number; readonly times: SweepTimes };
