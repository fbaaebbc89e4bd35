import { existsSync } from 'node:fs';
import { answerLines } from '../../proposals/answer-lines.js';
import type { OpenRequest } from '../../proposals/asked/requests.js';
import { AskingServer } from '../../proposals/asked/server.js';
import { openStorage } from '../../storage/open.js';
import type { Storage } from '../../storage/storage.js';
import { takeOver } from '../../study/ask/asked-trials.js';
import { openStudy } from '../../study/open-study.js';
import { WORKER_THREADS as threads } from '../../threads/worker-thread.js';
import { openOrCreate, refuseDefineByRun } from '../open-or-create.js';
import { resolveSweep } from '../optimize/load.js';
import { openOrCreateStudy } from '../optimize/reconcile.js';
import { writeData } from '../output.js';
import { findStudy } from '../studies.js';
import { beginWithResults } from '../study-results.js';
import { version } from '../version.js';
import { makeAskedStudy } from './asked-study.js';

type Defaults = { readonly study?: string; readonly storage: string; readonly sweep: string };

/** What stands for the file in messages about a study that a program describes. */
const PROGRAM = 'Study(...)';
/** Nobody runs it: a study that a program describes has no trainer. */
const NO_TRAINER = { command: ['true'] };

/** `hpo ask --serve`: answers a program that runs the trials of a study, until its input ends. */
export async function serveTrials(defaults: Defaults): Promise<void> {
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const server = new AskingServer({
    version: version(),
    open: (request) => open(request, defaults, warn),
    takeWarnings: () => warnings.splice(0),
  });
  try {
    await answerLines({ input: process.stdin, answer: (line) => server.answer(line), write: writeData });
  } finally {
    await server.close();
  }
}

async function open(request: OpenRequest, defaults: Defaults, warn: (message: string) => void) {
  const { url, openIn, isNew } = await toOpen(request, defaults);
  const storage = await openStorage(url, { create: isNew, readOnly: false, warn });
  try {
    const study = await openIn(storage);
    refuseDefineByRun(study);
    await takeOver(study, request.held);
    const results = await beginWithResults(storage, study);
    return makeAskedStudy({ storage, study, results, warn });
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Reads what a study is made from before a database is created, so that a mistake changes nothing. */
async function toOpen(request: OpenRequest, defaults: Defaults) {
  const url = request.storage ?? defaults.storage;
  const name = request.study ?? defaults.study;
  const sweep = request.sweep ?? defaults.sweep;
  const options = { storage: url, sweep, ...(name === undefined ? {} : { study: name }) };
  if (request.definition !== null) {
    const text = JSON.stringify({ trainer: NO_TRAINER, ...request.definition }, null, 1);
    const inFile = await resolveSweep({ storage: url, sweep: PROGRAM, sweepText: text });
    const trainer = { command: null, cwd: null, env: {} };
    const wanted =
      'trainer' in request.definition ? inFile : { ...inFile, spec: { ...inFile.spec, trainer } };
    const openIn = async (storage: Storage) =>
      (await openOrCreateStudy(storage, wanted, false, Date.now())).study;
    return { url, isNew: true, openIn };
  }
  const hasFile = request.sweep !== null || existsSync(sweep);
  const wanted = hasFile && name === undefined ? await resolveSweep(options) : null;
  return {
    url,
    isNew: hasFile,
    openIn: async (storage: Storage) =>
      hasFile
        ? openOrCreate(storage, options, wanted)
        : openStudy(storage, await findStudy(storage, options), { threads }),
  };
}
