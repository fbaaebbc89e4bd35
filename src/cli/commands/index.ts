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
import { registerMcp } from './mcp.js';
import { registerNote } from './note.js';
import { registerOptimize } from './optimize.js';
import { registerPause, registerResume } from './pause.js';
import { registerPlot } from './plot.js';
import { registerReport } from './report.js';
import { registerRetry } from './retry.js';
import { registerSampler } from './sampler.js';
import { registerSchema } from './schema.js';
import { registerSet } from './set.js';
import { registerShow } from './show.js';
import { registerStop } from './stop.js';
import { registerStorage } from './storage.js';
import { registerStudy } from './study.js';
import { registerSummary } from './summary.js';
import { registerTell } from './tell.js';
import { registerTrain } from './train.js';
import { registerTrials } from './trials.js';
import { registerTune } from './tune.js';
import { registerWorkers } from './workers.js';

type Group = { readonly title: string; readonly register: readonly ((program: Command) => void)[] };

/** In the order of the help. */
export const commandGroups: readonly Group[] = [
  {
    title: 'Start:',
    register: [registerInit, registerOptimize, registerTune, registerImport, registerDoctor],
  },
  {
    title: 'Look at results:',
    register: [
      registerDashboard,
      registerBest,
      registerTrials,
      registerShow,
      registerLogs,
      registerWorkers,
      registerPlot,
      registerImportance,
      registerCompare,
      registerSummary,
      registerExportCsv,
    ],
  },
  {
    title: 'Act on a sweep:',
    register: [
      registerEnqueue,
      registerStop,
      registerRetry,
      registerPause,
      registerResume,
      registerSet,
      registerNote,
      registerHide,
    ],
  },
  { title: 'Studies and their storage:', register: [registerStudy, registerStorage] },
  {
    title: 'Run trials yourself:',
    register: [registerAsk, registerReport, registerTell, registerTrain, registerSampler, registerMcp],
  },
  { title: 'Others:', register: [registerSchema, registerCompletion] },
];
