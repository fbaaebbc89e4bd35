import type { Command } from 'commander';
import { registerAsk } from './ask.js';
import { registerBest } from './best.js';
import { registerCompare } from './compare.js';
import { registerCompletion } from './completion.js';
import { registerDashboard } from './dashboard.js';
import { registerDoctor } from './doctor.js';
import { registerEnqueue } from './enqueue.js';
import { registerExportCsv } from './export-csv.js';
import { registerHide } from './hide.js';
import { registerImport } from './import.js';
import { registerImportance } from './importance.js';
import { registerInit } from './init.js';
import { registerLogs } from './logs.js';
import { registerNote } from './note.js';
import { registerOptimize } from './optimize.js';
import { registerPause, registerResume } from './pause.js';
import { registerPlot } from './plot.js';
import { registerReport } from './report.js';
import { registerRetry } from './retry.js';
import { registerSet } from './set.js';
import { registerShow } from './show.js';
import { registerStop } from './stop.js';
import { registerStorage } from './storage.js';
import { registerStudy } from './study.js';
import { registerSummary } from './summary.js';
import { registerTell } from './tell.js';
import { registerTrain } from './train.js';
import { registerTrials } from './trials.js';

/** In the order of the help. */
export const commands: readonly ((program: Command) => void)[] = [
  registerInit,
  registerImport,
  registerOptimize,
  registerEnqueue,
  registerBest,
  registerImportance,
  registerPlot,
  registerSummary,
  registerCompare,
  registerTrials,
  registerShow,
  registerLogs,
  registerExportCsv,
  registerDashboard,
  registerPause,
  registerResume,
  registerSet,
  registerStop,
  registerRetry,
  registerNote,
  registerHide,
  registerStudy,
  registerStorage,
  registerTrain,
  registerAsk,
  registerReport,
  registerTell,
  registerCompletion,
  registerDoctor,
];
