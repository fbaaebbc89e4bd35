import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import { handleKind } from '../../executors/handle.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { readTrialRow } from '../../storage/trial-row.js';
import { print, printJson, warn } from '../output.js';
import { parseCount } from '../parse.js';
import { findStudy, noSuchTrial, type StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean; readonly assumeEnded?: boolean };

export function registerStop(program: Command): void {
  const command = program
    .command('stop')
    .description(
      'End one running trial politely (TERM, then KILL). With a value of the objective it counts as pruned, else as failed.',
    )
    .argument('<trial>', 'number of the trial', parseCount)
    .option(
      '--assume-ended',
      'you know that the trial has ended, and so has the hpo that ran it: queue it again, and send no signal',
    );
  examples(jsonOption(studyOptions(command)), 'hpo stop 12', 'hpo stop 12 --study sweep').action(stopTrial);
}

async function stopTrial(number: number, options: Options): Promise<void> {
  const { openStorage } = await import('../../storage/open.js');
  // A database that cannot be written still says which processes are to be ended.
  const storage = await openStorage(options.storage, { create: false, warn }).catch(() =>
    openStorage(options.storage, { create: false, readOnly: true, warn }),
  );
  try {
    const record = await findStudy(storage, options);
    const how = await stop(storage, record, number, options.assumeEnded ?? false);
    if (options.json) return printJson({ study: record.name, trial: number, stopped: how });
    print(`trial ${number} ${how}`);
  } finally {
    await storage.close();
  }
}

async function stop(
  storage: Storage,
  record: StudyRecord,
  number: number,
  hasEnded: boolean,
): Promise<string> {
  const unfinished = (await storage.unfinished(record.id)).find(({ trial }) => trial.number === number);
  if (!unfinished) {
    const row = await readTrialRow(storage, record.id, number);
    if (!row) throw noSuchTrial(record.name, number);
    throw usageError('trial.finished', `expected a running trial, but trial ${number} is ${row.state}`, {
      fix: 'see hpo trials --state running',
    });
  }
  const { trial, attempt } = unfinished;
  if (!attempt) {
    throw usageError('trial.not-ours', `trial ${number} is run by the program that asked for it`, {
      fix: `end it there, or hpo tell ${number} --state fail`,
    });
  }
  if (hasEnded && attempt.finishedAtMs === null) {
    const { assumeEnded } = await import('../stop-trial.js');
    return assumeEnded(storage, record.id, trial, attempt);
  }
  if (handleKind(attempt.handle) === 'function' && attempt.finishedAtMs === null) {
    throw usageError(
      'trial.not-ours',
      `trial ${number} is a function of a program that runs, which alone can end it`,
      {
        fix: 'stop that program, or let its objective return',
      },
    );
  }
  if (attempt.finishedAtMs !== null) {
    // Nothing runs: the trial only waits for its next attempt.
    const ending = {
      state: 'fail',
      values: null,
      exitCode: attempt.exitCode,
      reason: 'stopped by hpo stop while queued',
      finishedAtMs: Date.now(),
    } as const;
    if (await storage.finish(trial.id, null, ending)) return 'was queued and is now failed';
    return 'has just been started again; stop it once more';
  }
  const { stopRunning } = await import('../stop-trial.js');
  return stopRunning(storage, trial, attempt);
}
