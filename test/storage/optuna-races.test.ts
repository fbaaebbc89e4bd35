import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readTrialRow } from '../../src/storage/trial-row.js';
import { optunaUrl } from '../support/optuna.js';
import { describeWithReal, findOptunaPython } from '../support/real-part.js';
import { waitingIn } from './lookups.js';
import { ask, attemptOf, ending, filled, folder, newStudy, newTrial, opened } from './support.js';

vi.setConfig({ testTimeout: 120_000 });

const SCRIPT = fileURLToPath(new URL('../fixtures/optuna/slow_claim.py', import.meta.url));

/** A worker of Optuna that has looked at a trial, and writes when it is told to; then, whether it thinks that it did. */
async function slowWorker(path: string, ...args: readonly string[]): Promise<() => Promise<string>> {
  const child = spawn(String(findOptunaPython()), [SCRIPT, optunaUrl(path), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines = createInterface(child.stdout);
  expect(await once(lines, 'line')).toEqual(['looked']);
  return async () => {
    const answer = once(lines, 'line');
    child.stdin.end('\n');
    return String((await answer)[0]);
  };
}

describeWithReal('optuna', 'a worker of Optuna that looked before us and writes after us', () => {
  test('does not take the enqueued trial that we took meanwhile', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    await storage.enqueue(study.id, [{ lr: 0.5 }]);
    const id = (await waitingIn(storage, study.id))[0]?.id as number;
    const write = await slowWorker(path, String(id), 'RUNNING');
    const claimed = await storage.claimEnqueued(id, filled({ lr: 0.5 }), newTrial());
    if (typeof claimed !== 'object') throw new Error(claimed);
    const [before] = await storage.rows(study.id, 0, 1);
    expect(await write()).toBe('False');
    expect(await storage.rows(study.id, 0, 1)).toEqual([before]);
    expect(await storage.finish(id, attemptOf(claimed), ending())).toBe(true);
  });

  test('does not finish the trial that we finished meanwhile', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    const asked = await ask(storage, study.id, { lr: 0.5 });
    const write = await slowWorker(path, String(asked.trial.id), 'COMPLETE', '9');
    expect(await storage.finish(asked.trial.id, attemptOf(asked), ending({ values: [0.5] }))).toBe(true);
    expect(await write()).toBe('False');
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({ state: 'complete', values: [0.5] });
  });

  test('does not start the enqueued trial that could not be run, while a failed trial of hpo may start again', async () => {
    const path = join(await folder(), 'study.db');
    const storage = await opened(`sqlite:${path}`);
    const study = await newStudy(storage);
    await storage.enqueue(study.id, [{ nothing: 0.5 }]);
    const id = (await waitingIn(storage, study.id))[0]?.id as number;
    const write = await slowWorker(path, String(id), 'RUNNING');
    expect(await storage.rejectEnqueued(id, 'no such parameter', 1)).toBe(true);
    expect(await write()).toBe('False');
    expect(await readTrialRow(storage, study.id, 0)).toMatchObject({
      state: 'fail',
      reason: 'no such parameter',
    });
    const ours = await ask(storage, study.id, { lr: 0.5 });
    await storage.finish(ours.trial.id, attemptOf(ours), ending({ state: 'fail', values: null }));
    expect(await storage.reopen(ours.trial.id)).toBe(true);
  });
});
