import type { Command } from 'commander';
import { CONTROLS } from '../../control/registry.js';
import { endWaiting, findStoppable, runsInProgram } from '../../control/stop.js';
import { usageError } from '../../core/errors.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { print, printJson, warn } from '../output.js';
import { parseCount } from '../parse.js';
import { controlTarget, runControl } from '../run-control.js';
import { findStudy, type StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean; readonly assumeEnded?: boolean };

export function registerStop(program: Command): void {
  const command = program
    .command('stop')
    .description(CONTROLS.stop.summary)
    .argument('[trial]', 'number of the trial (default: the sweep ends)', parseCount)
    .option(
      '--assume-ended',
      'queue the trial again without a signal: you know that it has ended, and so has the hpo that ran it',
    );
  examples(jsonOption(studyOptions(command)), 'hpo stop 12', 'hpo stop --study sweep').action(stopTrial);
}

async function stopTrial(number: number | undefined, options: Options): Promise<void> {
  if (number === undefined) {
    if (options.assumeEnded)
      throw usageError('stop.which', 'expected the number of a trial with --assume-ended');
    return runControl(CONTROLS.stop, {}, options);
  }
  const { openStorage } = await import('../../storage/open.js');
  // A database that cannot be written still names the processes to stop.
  const storage = await openStorage(options.storage, { create: false, warn }).catch(() =>
    openStorage(options.storage, { create: false, readOnly: true, warn }),
  );
  try {
    const record = await findStudy(storage, options);
    const how = await stop(storage, record, number, options.assumeEnded ?? false);
    if (options.json) return printJson('stop', { study: record.name, trial: number, stopped: how });
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
  const found = await findStoppable(storage, record, number);
  const { trial, attempt } = found;
  if (found.kind === 'queued' || found.kind === 'paused')
    return endWaiting(controlTarget(storage, record), found);
  if (hasEnded) {
    const { assumeEnded } = await import('../assume-ended.js');
    return assumeEnded(storage, record, trial, attempt);
  }
  if (found.kind === 'function') throw runsInProgram(number);
  // Beside the stored request, which the sweep obeys: no sweep may be there any more.
  const { stopRunning } = await import('../stop-trial.js');
  return stopRunning(storage, record, trial, attempt);
}
