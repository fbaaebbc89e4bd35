import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hpo, makeSweep, spawnHpo, trialsOf, writeFiles } from '../support/cli.js';
import { optunaUrl } from '../support/optuna.js';
import { describeWithReal, REAL } from '../support/real-part.js';

type Shown = {
  readonly name: string;
  readonly directions: readonly string[];
  readonly objective_names: readonly string[];
  readonly best_trials: readonly { readonly number: number }[];
  readonly union_search_space: readonly { readonly name: string }[];
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly values?: readonly (number | string)[];
    readonly params: readonly { readonly name: string; readonly param_external_value: string }[];
    readonly intermediate_values: readonly { readonly step: number; readonly value: number | string }[];
    readonly constraints: readonly number[];
    readonly datetime_start: string;
  }[];
};

/** Starts the dashboard on a file; what its API answers to a path. It ends with the test. */
async function dashboard(file: string): Promise<<T>(path: string) => Promise<T>> {
  const port = await freePort();
  const child = spawn(
    REAL.optunaDashboard,
    [optunaUrl(file), '--port', String(port), '--server', 'wsgiref'],
    {
      env: { ...process.env, PYTHONUNBUFFERED: '1', TZ: 'Asia/Tokyo' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  // It says that it listens before it does.
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`optuna-dashboard ended: ${said}`);
      await fetch(`http://127.0.0.1:${port}/api/studies`);
    },
    { timeout: 100_000, interval: 20 },
  );
  return async <T>(path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describeWithReal('newest-optuna', 'optuna-dashboard on a file of hpo', () => {
  test('shows the study with every trial, parameter, report and value as hpo has them', async () => {
    const cwd = makeSweep({
      trainer: {
        command: [
          'sh',
          '-c',
          'echo METRIC epoch=1 loss=$HPO_TRIAL; [ $HPO_TRIAL != 2 ] && echo METRIC epoch=2 loss=5.$HPO_TRIAL',
        ],
      },
      objective: { metric: 'loss', direction: 'maximize' },
      parameters: { x: [1, 2], kind: ['a', 'b'] },
    });
    await hpo(cwd, 'optimize');
    const get = await dashboard(join(cwd, 'storage/hpo.db'));
    const { study_summaries: studies } = await get<{
      study_summaries: readonly { study_id: number; study_name: string; directions: readonly string[] }[];
    }>('/api/studies');
    expect(studies).toMatchObject([{ study_name: 's', directions: ['maximize'] }]);

    const study = await get<Shown>(`/api/studies/${studies[0]?.study_id}?after=0`);
    const ours = await trialsOf(cwd);
    expect(ours.map(({ state }) => state)).toEqual(['COMPLETE', 'COMPLETE', 'FAIL', 'COMPLETE']);
    expect(study).toMatchObject({ name: 's', directions: ['maximize'], objective_names: ['loss'] });
    expect(study.union_search_space.map(({ name }) => name).sort()).toEqual(['kind', 'x']);
    expect(study.best_trials.map(({ number }) => number)).toEqual([3]);
    expect(
      study.trials.map((trial) => ({
        number: trial.number,
        state: trial.state.toUpperCase(),
        values: trial.values ?? null,
        params: Object.fromEntries(trial.params.map((each) => [each.name, each.param_external_value])),
        reports: trial.intermediate_values,
      })),
    ).toEqual(
      ours.map(({ number, state, values, params }) => ({
        number,
        state,
        values,
        params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
        reports: [
          { step: 1, value: number },
          ...(number === 2 ? [] : [{ step: 2, value: Number(`5.${number}`) }]),
        ],
      })),
    );
  });

  test('opens it while a sweep writes to it, and the sweep runs to its end', async () => {
    const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1, 2] } });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 1 step 1/);
    const get = await dashboard(join(cwd, 'storage/hpo.db'));
    const { trials } = await get<Shown>('/api/studies/1?after=0');
    expect(trials.map(({ state }) => state)).toEqual(['Running', 'Running']);
    writeFiles(cwd, { go: '' });
    expect((await running.ended).code).toBe(0);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['COMPLETE', 'COMPLETE']);
  });
});
