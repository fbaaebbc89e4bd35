import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere, trialsOf } from '../support/cli.js';

const report = (lr: number, iteration: number, loss: number) =>
  JSON.stringify({ loss, training_iteration: iteration, config: { lr, opt: lr > 0.1 ? 'sgd' : 'adam' } });

test('the trials of a folder of Ray Tune are added to a study', async () => {
  const cwd = makeProject({
    'exp/trial_a/result.json': `${report(0.1, 1, 0.9)}\n${report(0.1, 2, 0.5)}\n`,
    'exp/trial_a/progress.csv': 'loss,config/lr\n9,9\n',
    'exp/trial_b/progress.csv':
      'loss,training_iteration,config/lr,config/opt\n0.8,1,0.2,sgd\n0.4,2,0.2,sgd\n',
    'df.csv': 'trial_id,loss,training_iteration,config/lr,config/opt\nx,0.3,2,0.15,sgd\n',
  });
  expect(await hpo(cwd, 'import', 'exp', '--metric', 'loss', '--study', 's')).toContain(
    'study s: 2 complete trials',
  );
  expect((await trialsOf(cwd)).map(({ params, values }) => [params, values])).toEqual([
    [{ lr: 0.1, opt: 'adam' }, [0.5]],
    [{ lr: 0.2, opt: 'sgd' }, [0.4]],
  ]);
  expect(await hpo(cwd, 'import', 'df.csv', '--study', 's')).toContain('1 complete trial');
});

test('of an export of W&B only finished runs are added', async () => {
  const run = (lr: number, state: string) => ({ state, config: { lr }, summary: { 'val/loss': lr * 2 } });
  const cwd = makeProject({
    'runs.json': JSON.stringify([run(0.1, 'finished'), run(0.2, 'crashed'), run(0.3, 'finished')]),
    'ui.csv': 'Name,State,lr,val/loss\na,finished,0.2,0.1\nb,running,0.15,0.1\n',
    'bad.json': '3',
  });
  const said = await runHere(['import', 'runs.json', '--metric', 'val/loss'], { cwd });
  expect([said.code, said.stdout, said.stderr]).toEqual([
    0,
    'study runs: 2 complete trials from runs.json\n',
    'warning: row 2 is left out: its state is crashed\n',
  ]);
  expect(await hpo(cwd, 'import', 'ui.csv', '--study', 'runs')).toContain('1 complete trial');
  const bad = await runHere(['import', 'bad.json', '--metric', 'loss'], { cwd });
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('error[import.bad-table]')]);
});

const TRAINER = `const p = Object.fromEntries(process.argv.slice(2).map((arg) => arg.replace('--', '').split('=')));
if (p.amp !== undefined && p.amp !== 'True' && p.amp !== 'False') throw new Error(p.amp);
console.log('METRIC epoch=1 val_loss=' + Number(p.lr) * (p.amp === 'True' ? 1 : 2));
`;
const WANDB = `program: train.mjs
method: random
metric: { name: val_loss, goal: minimize }
command: ["\${env}", node, "\${program}", "\${args}"]
run_cap: 3
early_terminate: { type: hyperband, min_iter: 3 }
parameters:
  lr: { distribution: log_uniform_values, min: 0.001, max: 0.1 }
  amp: { values: [true, false] }
`;

test('a sweep of W&B runs as it is; a mistake in it is shown at its place', async () => {
  const cwd = makeProject({ 'train.mjs': TRAINER, 'wandb.yaml': WANDB });
  expect(await hpo(cwd, 'optimize', '--sweep', 'wandb.yaml', '--devices', 'cpu')).toContain('3 complete');
  const bad = makeProject({ 'wandb.yaml': WANDB.replace('min: 0.001', 'min: 0') });
  const { code, stderr } = await runHere(['optimize', '--sweep', 'wandb.yaml', '--dry-run'], { cwd: bad });
  expect([code, stderr]).toEqual([2, expect.stringContaining('wandb.yaml:8:')]);
});

test('a sweep of Katib and one of Hydra are converted', async () => {
  const cwd = makeProject({
    'katib.yaml':
      'kind: Experiment\nspec:\n  objective: { type: minimize, objectiveMetricName: loss }\n  parameters:\n    - { name: lr, parameterType: double, feasibleSpace: { min: "0.1", max: "0.2" } }\n',
    'conf.yaml': 'hydra: { sweeper: { params: { lr: "interval(0.1, 0.2)" } } }\n',
    'app.py': '@hydra.main(config_name="conf")\n',
  });
  expect(await hpo(cwd, 'import', 'katib.yaml', '--out', '-')).toContain(
    '# katib: imported from the Katib experiment katib.yaml.',
  );
  expect(await hpo(cwd, 'import', 'conf.yaml', '--out', '-')).toMatch(/- app\.py\n {4}- \$\{overrides\}/);
});

test('a variable that a W&B command names reaches the trainer, and no file', async () => {
  const secret = 'a-secret-of-41-letters';
  const env = { SWEEP_KEY: secret };
  const check = `if (p.key !== '${secret.slice(0, 5)}' + '${secret.slice(5)}') throw new Error('no key');\n`;
  const lines = TRAINER.split('\n');
  const wandb = WANDB.replace('"${args}"]', '"--key=${envvar:SWEEP_KEY}", "${args}"]');
  expect(wandb).toContain('envvar');
  const cwd = makeProject({
    'train.mjs': [lines[0], check, ...lines.slice(1)].join('\n'),
    'wandb.yaml': wandb,
  });
  for (const line of [
    ['optimize', '--sweep', 'wandb.yaml', '--devices', 'cpu'],
    ['import', 'wandb.yaml', '--out', 'cfg/imported.yaml'],
  ]) {
    const { code, stderr } = await runHere(line, { cwd, env });
    expect([code, stderr.includes(secret)]).toEqual([0, false]);
  }
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(cwd, name)).isFile(),
  );
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((name) => readFileSync(join(cwd, name)).includes(secret))).toEqual([]);
  expect(await hpo(cwd, 'show', '0', '--study', 'wandb')).toContain('--key=$SWEEP_KEY');
});
