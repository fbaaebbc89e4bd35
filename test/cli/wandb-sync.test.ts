import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { SyncServer } from '../loggers/wandb/fixtures/sync-server.js';
import { hpo, makeSweep, trialsOf } from '../support/cli.js';
import { describeWithReal, REAL } from '../support/real-part.js';

/** Sends every offline run of a folder to a server with the real `wandb sync`. */
async function sync(cwd: string, server: SyncServer): Promise<void> {
  const home = join(cwd, 'home');
  mkdirSync(home);
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
    const runs = [...server.runs.values()].sort((a, b) => a.name.localeCompare(b.name));
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
});
