import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, hpo, makeProject, makeSweep, runHere, trialsOf, writeFiles } from '../support/cli.js';

const WANDB = `program: train.sh
method: grid
metric: { name: loss, goal: minimize }
parameters:
  x: { values: [1, 2, 3] }
  epochs: { value: 2 }
command: [sh, "\${program}", "\${args_no_hyphens}"]
project: mine
`;

describe('hpo import of a W&B sweep', () => {
  it('writes a sweep file that runs as it is', async () => {
    const cwd = makeProject({ 'wandb.yaml': WANDB, 'train.sh': readFileSync(fixture('quick.sh'), 'utf8') });
    const { code, stdout, stderr } = await runHere(['import', 'wandb.yaml'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'warning: not imported: project: omitted\n' });
    expect(stdout).toBe('wrote cfg/sweep.yaml\nnext: hpo optimize --sweep cfg/sweep.yaml --dry-run\n');
    expect(readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8')).toMatchInlineSnapshot(`
      "# wandb: imported from the W&B sweep wandb.yaml.
      # The trainer prints METRIC lines, or metrics.format names what it prints; parameters come as arguments.
      # Not imported: project: omitted
      study: wandb
      objective:
        metric: loss
        direction: minimize
      trainer:
        command:
          - sh
          - train.sh
          - \${overrides}
      sampler: grid
      parameters:
        x:
          - 1
          - 2
          - 3
        epochs:
          - 2
      "
    `);
    await hpo(cwd, 'optimize');
    expect((await trialsOf(cwd)).map(({ state, params }) => ({ state, ...params }))).toEqual([
      { state: 'COMPLETE', x: 1, epochs: 2 },
      { state: 'COMPLETE', x: 2, epochs: 2 },
      { state: 'COMPLETE', x: 3, epochs: 2 },
    ]);
  });

  it('prints it, as JSON too, and never writes over a file', async () => {
    const cwd = makeSweep();
    const file = { cwd };
    const own = readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8');
    const other = makeProject({ 'wandb.yaml': WANDB });
    const refused = await runHere(['import', join(other, 'wandb.yaml')], file);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('error[import.file-exists]');
    expect(readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8')).toBe(own);
    const printed = JSON.parse(await hpo(cwd, 'import', join(other, 'wandb.yaml'), '--out', '-', '--json'));
    expect(printed).toMatchObject({ written: null, notes: ['project: omitted'] });
    expect(printed.text).toContain('study: wandb');
  });

  it('says where the result needs a hand', async () => {
    const cwd = makeProject({
      'w.yaml':
        'method: grid\nprogram: a.py\nmetric: { name: loss }\nparameters: { "a b": { values: [1] } }\n',
    });
    const { code, stderr } = await runHere(['import', 'w.yaml'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/correct the result by hand: .*parameter name/);
  });

  it.each([
    ['w.yaml', 'import.not-a-sweep'],
    ['w.txt', 'import.what'],
    ['gone.csv', 'import.not-found'],
  ])('refuses %s', async (name, code) => {
    const cwd = makeProject({ 'w.yaml': 'a: 1\n', 'w.txt': '' });
    const ran = await runHere(['import', name], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`error[${code}]`);
    expect(ran.stderr).not.toContain('    at ');
  });
});

describe('hpo import of a table', () => {
  const TABLE = 'lr,opt,layers,val_loss\n0.1,adam,2,0.5\n0.01,sgd,3,0.25\n0.1,adam,2,0.6\n0.2,adam,1,\n';

  it('makes a study of it that best and the samplers know', async () => {
    const cwd = makeProject({ 'past.csv': TABLE });
    const { code, stdout, stderr } = await runHere(
      ['import', 'past.csv', '--params', 'lr,opt,layers', '--metric', 'val_loss'],
      { cwd },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'study past: 2 complete trials from past.csv\n' });
    expect(stderr).toMatch(/row 3 is left out: the study has this configuration already/);
    expect(stderr).toMatch(/row 4 is left out: expected a number in val_loss, got ""/);
    const [best] = JSON.parse(await hpo(cwd, 'best', '--study', 'past', '--json')) as object[];
    expect(best).toMatchObject({ params: { lr: 0.01, opt: 'sgd', layers: 3 } });
    expect(await trialsOf(cwd, '--study', 'past')).toMatchObject([
      { number: 0, state: 'COMPLETE', values: [0.5], metrics: { val_loss: 0.5 } },
      { number: 1, state: 'COMPLETE', values: [0.25], metrics: { val_loss: 0.25 } },
    ]);
  });

  it('says so where one cell makes a column a list of choices', async () => {
    const cwd = makeProject({ 'past.csv': 'lr,opt,loss\n0.1,adam,1\n0.01,sgd,2\nO.2,adam,3\n' });
    const { stderr } = await runHere(['import', 'past.csv', '--params', 'lr,opt', '--metric', 'loss'], {
      cwd,
    });
    expect(stderr).toBe('warning: lr became a list of choices, not a range, because row 3 has "O.2"\n');
  });

  it('takes the table of one study into another, whose sweep then runs only what is missing', async () => {
    const old = makeSweep({ parameters: { x: [1, 2] } });
    await hpo(old, 'optimize');
    const cwd = makeSweep();
    const imported = JSON.parse(await hpo(cwd, 'import', join(old, 'cfg/runs.csv'), '--json'));
    expect(imported).toEqual({ schema: 'hpo.import/1', study: 's', trials: [0, 1], left: [] });
    await hpo(cwd, 'optimize');
    const trials = await trialsOf(cwd);
    expect(trials.map(({ params, reason }) => [params.x, reason])).toEqual([
      [1, 'imported'],
      [2, 'imported'],
      [3, null],
    ]);
    expect(await trialsOf(old)).toMatchObject(trials.slice(0, 2).map(({ values }) => ({ values })));
  });

  it('takes the objective of such a table as it was, and parameters that its columns call otherwise', async () => {
    const state = { objective: { metric: 'loss', direction: 'maximize', reduce: 'best' } };
    const sweep = { ...state, parameters: { x: [1, 2], state: ['a'] } };
    const old = makeSweep({ ...sweep, logging: { local: { metrics: ['other'] } } });
    await hpo(old, 'optimize');
    const cwd = makeSweep(sweep);
    const imported = JSON.parse(await hpo(cwd, 'import', join(old, 'cfg/runs.csv'), '--json'));
    expect(imported).toEqual({ schema: 'hpo.import/1', study: 's', trials: [0, 1], left: [] });
    // The trainer says 9 first, then x.
    expect(await trialsOf(cwd)).toMatchObject([
      { values: [9], params: { x: 1, state: 'a' } },
      { values: [9], params: { x: 2, state: 'a' } },
    ]);
  });

  it('leaves out what has no place in the study', async () => {
    const cwd = makeSweep();
    const table = makeProject({
      't.csv': '\uFEFFx,loss,state\r\n9,1,COMPLETE\r\n1,nan,COMPLETE\r\n2,1,FAIL\r\n3,0.5,COMPLETE',
    });
    const imported = JSON.parse(await hpo(cwd, 'import', join(table, 't.csv'), '--json'));
    expect(imported.trials).toEqual([0]);
    expect(imported.left).toMatchObject([
      { row: 1, reason: 'expected x one of [1,2,3], got 9' },
      { row: 2, reason: 'expected a number in loss, got "nan"' },
      { row: 3, reason: 'its state is FAIL' },
    ]);
  });

  it('reads cells as Python writes them, and as our own tables do', async () => {
    const parameters = { lr: [0.00001, 0.1], nesterov: [true, false], sign: ['=a', '@b'], warm: [null, 1] };
    const cwd = makeSweep({ parameters });
    writeFiles(cwd, {
      't.csv': "lr,nesterov,sign,warm,loss\n1e-05,True,'=a,None,1\n0.1,false,@b,1.0,2\n0.1,yes,@b,1,2\n",
    });
    const imported = JSON.parse(await hpo(cwd, 'import', 't.csv', '--json'));
    expect(imported).toMatchObject({ trials: [0, 1], left: [{ row: 3 }] });
    expect((await trialsOf(cwd)).map(({ params }) => params)).toEqual([
      { lr: 0.00001, nesterov: true, sign: '=a', warm: null },
      { lr: 0.1, nesterov: false, sign: '@b', warm: 1 },
    ]);
  });

  it('takes a long table at once, and a second time into the study that is named', async () => {
    const rows = [...Array(150_000).keys()].map((k) => (k < 1500 ? `${k},${k}` : `${k},`));
    const cwd = makeProject({ 'long.csv': `x,loss\n${rows.join('\n')}\n` });
    const args = ['import', 'long.csv', '--params', 'x', '--metric', 'loss'];
    const first = JSON.parse(await hpo(cwd, ...args, '--json'));
    expect(first.trials).toEqual([...Array(1500).keys()]);
    expect(first.left).toHaveLength(148_500);
    const refused = await runHere(args, { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('error[import.study-exists]');
    const again = JSON.parse(await hpo(cwd, ...args, '--study', 'long', '--json'));
    expect(again).toMatchObject({ study: 'long', trials: [] });
    expect(again.left[0]).toEqual({ row: 1, reason: 'the study has this configuration already' });
  });

  it('makes no database for a table that is not there', async () => {
    const cwd = makeProject();
    expect((await runHere(['import', 'gone.csv'], { cwd })).code).toBe(2);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('names the column that a table lacks', async () => {
    const cwd = makeProject({ 'past.csv': TABLE });
    const { code, stderr } = await runHere(['import', 'past.csv', '--params', 'rate', '--metric', 'loss'], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('error[import.no-column]: past.csv has no column "rate"');
    expect(stderr).toContain('its columns: lr, opt, layers, val_loss');
  });
});
