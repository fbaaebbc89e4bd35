import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mlflowSchema } from '../../src/config/logging-schema.js';
import { ROOT } from '../examples/run-example.js';
import {
  linesOf,
  makeProject,
  makeSweep,
  runHere,
  runHpo,
  spawnHpo,
  tree,
  until,
  writeFiles,
} from '../support/cli.js';
import { askMlflow, historyOf, mlflowServer, runsOf, useMlflow } from '../support/mlflow.js';
import { describeWithReal } from '../support/real-part.js';

const logging = async (experiment: string) => ({
  logging: { mlflow: { tracking_uri: await mlflowServer(), experiment } },
});
const endsOf = async (experiment: string) =>
  (await runsOf(experiment)).map(
    ({ name, status, tags }) => `${name} ${status} ${tags['hpo.state'] ?? tags['hpo.end']}`,
  );

describeWithReal('mlflow', 'on a real MLflow server', () => {
  useMlflow();

  test('a sweep is a run, and each trial a nested one with its parameters, metrics, tags and end', async () => {
    const cwd = makeSweep({
      ...(await logging('whole & ümlaut')),
      parameters: {
        x: [1, 2],
        'a/..b%': [0.5],
        text: ['', 'v'.repeat(7000)].slice(1),
        when: { values: ['y'], when: { x: [1] } },
      },
      seeds: [7],
    });
    const { code, stderr } = await runHere(['optimize'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [sweep, first, second, ...more] = await runsOf('whole & ümlaut');
    expect(more).toEqual([]);
    expect([sweep?.name, first?.name, second?.name]).toEqual(['s', 's-0', 's-1']);
    expect([sweep?.status, first?.status, second?.status]).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
    expect(sweep?.tags).toMatchObject({ 'hpo.study': 's', 'hpo.sampler': 'grid', 'hpo.end': 'exhausted' });
    expect(sweep?.tags['mlflow.parentRunId']).toBeUndefined();
    for (const run of [first, second]) {
      expect(run?.tags['mlflow.parentRunId']).toBe(sweep?.id);
      expect(run?.tags).toMatchObject({
        'hpo.study': 's',
        'hpo.seed': '7',
        'hpo.sampler': 'grid',
        'hpo.state': 'COMPLETE',
      });
      expect(run?.endTime).toBeGreaterThan(0);
    }
    expect(first?.tags['hpo.trial']).toBe('0');
    expect(first?.params).toEqual({
      x: '1',
      'a/_x2E_.b_x25_': '0.5',
      text: `${'v'.repeat(5999)}…`,
      when: 'y',
    });
    expect(second?.params).not.toHaveProperty('when');
    expect([await historyOf(first), await historyOf(second)]).toEqual([
      [
        [1, 9],
        [2, 1],
      ],
      [
        [1, 9],
        [2, 2],
      ],
    ]);
    expect(existsSync(join(cwd, 'outputs/s/.mlflow'))).toBe(false);
  });

  test('kill -9, then the next call: the same runs continue, and no point is doubled or lost', async () => {
    const cwd = makeSweep({
      ...(await logging('killed')),
      trainer: 'ticks.sh',
      parameters: { x: [1, 2, 3] },
    });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 1 step 3/);
    await until(
      async () => (await runsOf('killed')).filter(({ metrics }) => metrics.length > 0).length === 2,
    );
    running.kill('SIGKILL');
    await running.ended;
    const next = spawnHpo(['optimize'], { cwd });
    await next.says(/trial 1 reattached/);
    writeFiles(cwd, { go: '' });
    expect((await next.ended).code).toBe(0);
    expect(await endsOf('killed')).toEqual(
      [
        's KILLED UNKNOWN',
        's FINISHED exhausted',
        's-0 FINISHED COMPLETE',
        's-1 FINISHED COMPLETE',
        's-2 FINISHED COMPLETE',
      ].sort(),
    );
    const runs = await runsOf('killed');
    for (const trial of [0, 1, 2]) {
      const reported = Math.max(1, linesOf(cwd, `outputs/s/trial-0000${trial}.log`).length - 1);
      const history = await historyOf(runs.find(({ name }) => name === `s-${trial}`));
      // The final value stands at the last step, where the trainer had reported another one.
      expect([...new Set(history.map(([step]) => step))]).toEqual(
        Array.from({ length: reported }, (_, k) => k + 1),
      );
      expect(history.length - reported).toBeLessThanOrEqual(1);
      expect(history.at(-1)?.[1]).toBe(trial + 1);
    }
    expect(existsSync(join(cwd, 'outputs/s/.mlflow'))).toBe(false);
  });

  test('what ended while nobody watched, and failures that are tried again', async () => {
    const crashing = makeSweep({
      ...(await logging('crash')),
      trainer: 'crash.sh',
      retries: 1,
      parameters: { x: [1] },
    });
    await runHere(['optimize'], { cwd: crashing });
    expect(await endsOf('crash')).toEqual(['s FINISHED exhausted', 's-0 KILLED QUEUED', 's-0.2 FAILED FAIL']);
    const cwd = makeSweep({ ...(await logging('unseen')), trainer: 'gate.sh', parameters: { x: [1, 2] } });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 0 step 1/);
    await running.says(/trial 1 step 1/);
    running.kill('SIGKILL');
    await running.ended;
    writeFiles(cwd, { go: '' });
    await until(() => linesOf(cwd, 'events').filter((line) => line.startsWith('end')).length === 2);
    expect((await runHere(['optimize'], { cwd })).code).toBe(0);
    const runs = await runsOf('unseen');
    expect(runs.filter(({ status }) => status === 'RUNNING')).toEqual([]);
    const trials = runs.filter(({ name }) => name !== 's');
    expect(await Promise.all(trials.map((run) => historyOf(run)))).toEqual(
      [1, 2].map((x) => [
        [1, 5],
        [2, x],
      ]),
    );
  });

  test('the example of docs/mlflow.md', async () => {
    const page = readFileSync(join(ROOT, 'docs', 'mlflow.md'), 'utf8');
    const example = (language: string) =>
      new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';
    for (const key of Object.keys(mlflowSchema.shape)) expect(page).toContain(`\`${key}\``);
    const yaml = example('yaml').replace('http://127.0.0.1:5000', await mlflowServer());
    const cwd = makeProject({ 'cfg/sweep.yaml': yaml, 'train.sh': example('sh') });
    expect((await runHere(['optimize'], { cwd })).code).toBe(0);
    const [, ...trials] = await runsOf('digits');
    expect(trials.map(({ name }) => name)).toEqual(['digits-0', 'digits-1', 'digits-2', 'digits-3']);
    for (const run of trials) expect((await historyOf(run)).map(([, loss]) => loss)).toEqual([0.8, 0.7, 0.6]);
  });

  test('NaN, infinities and odd names of metrics', async () => {
    const lines = [
      'METRIC epoch=1 loss=1 val/acc:top@5=nan up=inf',
      'METRIC epoch=2 loss=2 val/acc:top@5=1 up=-inf',
    ];
    const script = lines.map((line) => `echo "${line}"`).join('; ');
    const cwd = makeSweep({
      ...(await logging('odd')),
      trainer: { command: ['sh', '-c', script, '${overrides}'] },
      parameters: { x: [1] },
    });
    expect((await runHere(['optimize'], { cwd })).code).toBe(0);
    const run = (await runsOf('odd')).find(({ name }) => name === 's-0');
    expect((await historyOf(run, 'val/acc_x3A_top_x40_5')).map(([, value]) => value)).toEqual(['NaN', 1]);
    expect((await historyOf(run, 'up')).map(([, value]) => value)).toEqual([
      1.7976931348623157e308, -1.7976931348623157e308,
    ]);
  });

  test('an experiment that somebody deleted: one warning, and the next call delivers once it is restored', async () => {
    const { experiment_id } = await askMlflow('experiments/create', { name: 'deleted' });
    await askMlflow('experiments/delete', { experiment_id });
    const cwd = makeSweep(await logging('deleted'));
    // Of a process that lives, no other call takes what is left.
    const first = await runHpo(['optimize'], { cwd });
    expect([first.code, first.stdout.match(/^.*warning: .*$/gm)]).toEqual([
      0,
      [expect.stringContaining('the experiment "deleted" is deleted; restore it with')],
    ]);
    await askMlflow('experiments/restore', { experiment_id });
    expect((await runHere(['optimize'], { cwd })).code).toBe(0);
    expect((await runsOf('deleted')).map(({ name, status }) => `${name} ${status}`)).toEqual([
      's FINISHED',
      's-0 FINISHED',
      's-1 FINISHED',
      's-2 FINISHED',
    ]);
  });
});

test('credentials are sent, and are in no message and no file', async () => {
  const secret = 'p4ss-that-nobody-may-see';
  const cwd = makeSweep({
    logging: { mlflow: { tracking_uri: 'http://somebody:p4ss-that-nobody-may-see@127.0.0.1:9' } },
  });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/MLflow: waiting for/);
  running.kill('SIGINT');
  const { code, stdout, stderr } = await running.ended;
  expect([code, stderr]).toEqual([130, '']);
  rmSync(join(cwd, 'cfg/sweep.yaml'));
  const seen = JSON.stringify([stdout, tree(cwd)]);
  for (const form of [secret, Buffer.from(`somebody:${secret}`).toString('base64')])
    expect(seen).not.toContain(form);
});

test('an address that is no server is refused before the sweep begins', async () => {
  const cwd = makeSweep({ logging: { mlflow: { tracking_uri: 'file:///tmp/mlruns' } } });
  const ran = await runHere(['optimize'], { cwd });
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(
    'error[mlflow.bad-uri]: expected the http or https address of an MLflow server',
  );
  expect(existsSync(join(cwd, 'outputs'))).toBe(false);
});
