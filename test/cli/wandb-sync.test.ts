import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { DeliveredRun } from '../../src/loggers/runs/run.js';
import { followOffline } from '../../src/loggers/wandb/offline.js';
import { rowText } from '../../src/loggers/wandb/rows.js';
import { endOf } from '../../src/loggers/wandb/run-end.js';
import { temporaryFolder } from '../loggers/support.js';
import { SyncServer } from '../loggers/wandb/fixtures/sync-server.js';
import { head, newJournal } from '../loggers/wandb/support.js';
import { hpo, makeSweep, trialsOf } from '../support/cli.js';
import { describeWithReal, REAL } from '../support/real-part.js';

/** Sends every offline run of a folder to a server with the real `wandb sync`. */
async function sync(cwd: string, server: SyncServer): Promise<void> {
  const home = join(cwd, 'home');
  mkdirSync(home, { recursive: true });
  const runs = readdirSync(join(cwd, 'wandb')).map((name) => join('wandb', name));
  // Nothing of this machine's own: neither a key nor settings.
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    WANDB_BASE_URL: server.url,
    WANDB_API_KEY: 'k'.repeat(40),
  };
  await promisify(execFile)(REAL.wandb, ['sync', ...runs], { cwd, env });
}

describeWithReal('wandb', 'wandb sync of what --wandb offline left', () => {
  test('sends every row of the history and the summary of every trial, whatever its end', async () => {
    const cwd = makeSweep({
      trainer: {
        command: [
          'sh',
          '-c',
          'for e in 1 2 3; do echo METRIC epoch=$e loss=$HPO_TRIAL.$e acc=$e; done; echo METRIC acc=nan; [ $HPO_TRIAL != 1 ]',
        ],
      },
      parameters: { x: [1, 2, 3] },
    });
    await hpo(cwd, 'optimize', '--wandb', 'offline');
    const server = await SyncServer.start();
    await sync(cwd, server);

    const trials = await trialsOf(cwd);
    expect(trials.map(({ state }) => state)).toEqual(['COMPLETE', 'FAIL', 'COMPLETE']);
    const runs = runsOf(server);
    expect(runs.map(({ name, project, group }) => [name, project, group])).toEqual(
      trials.map(({ number }) => [`s-${number}`, 'hyperparameters_sweep', 's']),
    );
    for (const { number, state, values, params } of trials) {
      const run = runs[number];
      const rows = run?.history.map((line) => JSON.parse(line) as Record<string, unknown>) ?? [];
      expect(rows.map(({ _step, loss, acc }) => [_step, loss, acc])).toEqual([
        [1, Number(`${number}.1`), 1],
        [2, Number(`${number}.2`), 2],
        [3, Number(`${number}.3`), expect.anything()],
      ]);
      expect(JSON.parse(run?.summary ?? '{}')).toMatchObject({
        hpo_state: state,
        loss: Number(`${number}.3`),
        ...(values && { hpo_value: values[0] }),
      });
      expect(run?.config).toMatchObject({ x: { value: params.x } });
      expect(run?.exitcode).toBe(state === 'COMPLETE' ? 0 : 1);
    }
  });

  test('shows trials that a scheduler paused as one run each, with how they ended', async () => {
    const trainer = `e=0; [ -e $HPO_CHECKPOINT_DIR/e ] && read e <$HPO_CHECKPOINT_DIR/e
      while [ $e -lt $HPO_TARGET_STEP ]; do e=$((e + 1)); echo METRIC step=$e loss=$HPO_TRIAL.$e; echo $e >$HPO_CHECKPOINT_DIR/e; done`;
    const cwd = makeSweep({
      trainer: { command: ['sh', '-c', trainer] },
      parameters: { x: [1, 2, 3] },
      max_concurrent: 1,
      max_steps: 9,
      scheduler: 'asha',
    });
    await hpo(cwd, 'optimize', '--wandb', 'offline');
    const server = await SyncServer.start();
    await sync(cwd, server);
    const trials = await trialsOf(cwd);
    expect(trials.map(({ state }) => state)).toEqual(['COMPLETE', 'PRUNED', 'PRUNED']);
    expect(statesOf(server)).toEqual(trials.map(({ state }) => state));
    expect(stepsOf(server)).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9], [1], [1]]);
  });

  test('continues a run that it has sent while its trial was paused', async () => {
    const cwd = temporaryFolder();
    const server = await SyncServer.start();
    for (const [state, id, steps] of [
      ['paused', head().id, [1, 2]],
      ['complete', 'ffff', [2, 3]],
    ] as const) {
      const journal = newJournal({ id, earlier: id === head().id ? [] : [head().id] });
      for (const step of steps)
        journal.row(
          step,
          rowText({ step, atMs: head().startedAtMs, metrics: new Map() }, head().startedAtMs),
        );
      const outcome = { state, values: null, feasible: null, reason: null };
      journal.end(endOf(outcome, new Map(), head().startedAtMs, head().startedAtMs));
      await followOffline(cwd, new DeliveredRun(journal));
      await sync(cwd, server);
      expect(statesOf(server)).toEqual([state.toUpperCase()]);
    }
    expect(stepsOf(server)).toEqual([[1, 2, 3]]);
  });
});

function stepsOf(server: SyncServer): number[][] {
  return runsOf(server).map(({ history }) =>
    history.map((row) => (JSON.parse(row) as { _step: number })._step),
  );
}

function runsOf(server: SyncServer) {
  return [...server.runs.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function statesOf(server: SyncServer): string[] {
  return runsOf(server).map(
    ({ summary }) => (JSON.parse(summary ?? '{}') as { hpo_state: string }).hpo_state,
  );
}
