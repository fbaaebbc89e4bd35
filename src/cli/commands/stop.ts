import type { Command } from 'commander';
import { usageError } from '../../core/errors.js';
import type { Storage, StudyRecord } from '../../storage/storage.js';
import { print, printJson, warn } from '../output.js';
import { parseCount } from '../parse.js';
import { findStudy, noSuchTrial, type StudyOptions } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly json?: boolean };

export function registerStop(program: Command): void {
  const command = program
    .command('stop')
    .description(
      'End one running trial politely (TERM, then KILL). With a value of the objective it counts as pruned, else as failed.',
    )
    .argument('<trial>', 'number of the trial', parseCount);
  examples(jsonOption(studyOptions(command)), 'hpo stop 12', 'hpo stop 12 --study sweep').action(stopTrial);
}

async function stopTrial(number: number, options: Options): Promise<void> {
  const { openStorage } = await import('../../storage/open.js');
  // A database that cannot be written still says which processes are to be ended.
  const storage = await openStorage(options.storage, { warn }).catch(() =>
    openStorage(options.storage, { readOnly: true, warn }),
  );
  try {
    const record = await findStudy(storage, options);
    const how = await stop(storage, record, number);
    if (options.json) return printJson({ study: record.name, trial: number, stopped: how });
    print(`trial ${number} ${how}`);
  } finally {
    await storage.close();
  }
}

/** A request that cannot be stored keeps nobody from ending the trial. */
async function request(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    warn(`the request could not be stored, so that the trial may count as failed and be tried again: ${why}`);
  });
}

async function stop(storage: Storage, record: StudyRecord, number: number): Promise<string> {
  const unfinished = (await storage.unfinished(record.id)).find(({ trial }) => trial.number === number);
  if (!unfinished) {
    const row = await storage.row(record.id, number);
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
  if (attempt.dir === '' && attempt.finishedAtMs === null) {
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
    if (await storage.tell(trial.id, null, ending)) return 'was queued and is now failed';
    return 'has just been started again; stop it once more';
  }
  const { DEFAULT_STOP_GRACE_MS } = await import('../../executors/process/executor.js');
  const { readLaunchOwner } = await import('../../executors/process/attempt-dir.js');
  const { stopAttempt } = await import('../../executors/process/stop.js');
  // First the request, then the signal: whoever watches the trainer learns why it ended.
  await request(storage.requestStop(attempt.id));
  const { ran, stuck } = await stopAttempt({
    dir: attempt.dir,
    token: attempt.token,
    graceMs: DEFAULT_STOP_GRACE_MS,
  });
  if (stuck.length > 0) return `cannot be ended: process ${stuck.join(', ')} is stuck in the kernel`;
  if (ran) return 'was stopped; the sweep goes on';
  if (readLaunchOwner(attempt.dir).kind === 'revoked')
    return 'had not started yet and never will; the sweep goes on';
  await request(storage.withdrawStop(attempt.id));
  return 'had ended already; the next hpo optimize records how';
}
