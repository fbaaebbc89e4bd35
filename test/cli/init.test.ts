import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere, tree, trialsOf } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';

async function initAndRun(language: string, ...files: readonly string[]): Promise<void> {
  const cwd = makeProject();
  const said = await hpo(cwd, 'init', `--${language}`);
  expect(said).toBe(
    `wrote ${files.join('\nwrote ')}\nwrote cfg/sweep.yaml\nadded the folders of hpo to .gitignore\nnext: hpo optimize\n`,
  );
  const written = tree(cwd);
  // Ready to run as it stands; three trials show it as well as twenty.
  expect(await hpo(cwd, 'optimize', '--trials', '3', '--devices', 'cpu')).toContain(
    'has reached its budget: 3 complete',
  );
  const trials = await trialsOf(cwd);
  expect(trials.map(({ epochs, metrics }) => [epochs, Object.keys(metrics)])).toEqual(
    Array.from({ length: 3 }, () => [5, ['loss']]),
  );
  // It never overwrites what is there.
  const again = await runHere(['init', `--${language}`], { cwd });
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('error[init.file-exists]')]);
  expect(tree(cwd)).toMatchObject(written);
}

test('init --node writes a sweep and a trainer that optimize runs', () => initAndRun('node', 'train.mjs'));

const SCRIPT = `import argparse
p = argparse.ArgumentParser()
p.add_argument('--lr', type=float, default=0.01)
p.add_argument('--nesterov', action='store_true')
p.add_argument('--epochs', type=int, default=3)
a = p.parse_args()
open('epochs', 'a').write(f'{a.epochs} ')
for epoch in range(a.epochs):
    print(f'epoch {epoch}: train loss {a.lr / (epoch + 1):.4f}, val_acc: {90 + epoch}%')
`;

describeWithReal('python', 'init in a folder with a script', () => {
  test('writes a sweep that optimize runs, runs the script once, and changes nothing else', async () => {
    const cwd = makeProject();
    writeFileSync(join(cwd, 'train.py'), SCRIPT);
    writeFileSync(join(cwd, '.gitignore'), 'venv/');
    const said = await hpo(cwd, 'init');
    expect(said).toContain('metric: maximize val_acc');
    expect(said).toContain('next: hpo optimize\n');
    const written = tree(cwd);
    expect(written[join(cwd, 'train.py')]).toBe(SCRIPT);
    expect(written[join(cwd, 'epochs')]).toBe('2 ');
    expect(written[join(cwd, '.gitignore')]).toMatch(/^venv\/\n\n# hpo\n\/outputs\/\n/);
    expect(await hpo(cwd, 'optimize', '--trials', '2', '--devices', 'cpu')).toContain('2 complete');
    const [first] = await trialsOf(cwd);
    // The script's own default comes first.
    expect([first?.params, first?.epochs, first?.values]).toEqual([{ lr: 0.01, nesterov: '' }, 3, [92]]);
    // Where its parameter is empty the command has no such element, else the flag.
    await hpo(cwd, 'optimize', '--trials', '6', '--devices', 'cpu');
    const flags = (await trialsOf(cwd)).map(({ params }) => params.nesterov);
    expect(flags).toContain('--nesterov');
    const again = await runHere(['init', 'train.py'], { cwd });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('error[init.file-exists]')]);
    expect(readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8')).toBe(written[join(cwd, 'cfg/sweep.yaml')]);
  });

  test('writes a sweep without running a script that needs something, and says what', async () => {
    const cwd = makeProject();
    writeFileSync(
      join(cwd, 'train.py'),
      SCRIPT.replace("'--epochs', ", "'--data', required=True)\np.add_argument('--epochs', "),
    );
    const { code, stderr } = await runHere(['init', 'train.py', '--yes'], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringContaining('train.py requires --data')]);
    expect(readdirSync(cwd).toSorted()).toEqual(['.gitignore', 'cfg', 'train.py']);
    const given = await runHere(
      ['init', '--out', 'b.yaml', '--metric', 'val_acc', 'train.py', '--', '--data=x'],
      { cwd },
    );
    expect([given.code, given.stdout]).toEqual([
      0,
      expect.stringContaining('next: hpo optimize --sweep b.yaml'),
    ]);
    expect(readFileSync(join(cwd, 'b.yaml'), 'utf8')).toContain('- --data=x\n    - --lr=${lr}');
    // The name of the file, so that two files are two studies.
    expect(readFileSync(join(cwd, 'b.yaml'), 'utf8')).toContain('study: b\n');
    // What the warning says to type.
    expect(stderr).toContain('hpo init --force train.py -- --data=VALUE');
    await hpo(cwd, 'init', '--force', '--metric', 'val_acc', 'train.py', '--', '--data=x');
    expect(readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8')).toContain('- --data=x');
  });
});

describeWithReal('python', 'init with a Python that is named by its path', () => {
  test('writes the same sweep as with its name', async () => {
    const cwd = makeProject();
    writeFileSync(
      join(cwd, 'train.py'),
      SCRIPT.replace("'--epochs'", "'--hidden', type=int, default=64)\np.add_argument('--epochs'"),
    );
    const path = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).trim();
    for (const [out, python] of [
      ['a/same.yaml', 'python3'],
      ['b/same.yaml', path],
    ] as const)
      await hpo(cwd, 'init', '--no-run', '--out', out, '--', python, 'train.py');
    const [byName, byPath] = ['a/same.yaml', 'b/same.yaml'].map((file) =>
      readFileSync(join(cwd, file), 'utf8'),
    );
    expect(byName).toContain('hidden: { min: 16, max: 256, int: true, log: true }');
    expect(byPath).toBe(byName?.replace('- python3\n', `- ${path}\n`));
  });

  test('names the Python where a module is missing', async () => {
    const cwd = makeProject();
    writeFileSync(join(cwd, 'train.py'), `import argparse, no_such_module\n${SCRIPT}`);
    const { stderr } = await runHere(['init', '--no-run', '--', 'python3', 'train.py'], { cwd });
    expect(stderr).toMatch(
      /train.py --help failed: ModuleNotFoundError: No module named 'no_such_module' in \/\S+\/python3: activate .* hpo init -- PATH\/TO\/python train.py/,
    );
  });
});

test('a metric that the script does not print is refused with the names that it prints, and nothing is written', async () => {
  const cwd = makeProject();
  writeFileSync(join(cwd, 'train.mjs'), "console.log('epoch 1: val acc 0.5, train_loss 0.25')");
  const wrong = await runHere(['init', 'train.mjs', '--metric', 'val_ac'], { cwd });
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(
      /error\[init.no-metric\]: expected the metric val_ac .*prints val_acc, train_loss, and no val_ac\n {2}fix: --metric val_acc;/,
    ),
  ]);
  expect(readdirSync(cwd)).toEqual(['train.mjs']);
  const near = await hpo(cwd, 'init', 'train.mjs', '--metric', 'val_accuracy');
  writeFileSync(join(cwd, 'silent.mjs'), 'console.log("done")');
  const silent = await runHere(['init', 'silent.mjs', '--metric', 'f1', '--out', 's.yaml'], { cwd });
  expect(silent.stderr).toContain(
    'warning: silent.mjs printed no f1 in this run: print lines such as METRIC epoch=1 f1=0.5',
  );
  expect(near).toContain('metric: maximize val_accuracy, read from "val acc" in what train.mjs prints\n');
});

test('the next step is as a person types it here', async () => {
  const cwd = makeProject();
  const { stdout } = await runHere(['init', '--node'], { cwd, env: { npm_command: 'exec' } });
  expect(stdout).toContain('next: npx hpo optimize\n');
});

describeWithReal('python', 'init --python', () => {
  test('writes hpo.py, a sweep and a trainer that optimize runs', () =>
    initAndRun('python', 'hpo.py', 'train.py'));

  test('writes hpo.py beside a script, and only what is missing', async () => {
    const cwd = makeProject({ 'code/main.py': 'import hpo\nhpo.run(lr=0.1).report(loss=1)\n' });
    const said = await hpo(cwd, 'init', '--python', '--no-run', 'code/main.py');
    expect(said).toContain('wrote code/hpo.py\ncode/main.py: 1 parameter to search: lr\n');
    rmSync(join(cwd, 'code/hpo.py'));
    const again = await hpo(cwd, 'init', '--python', 'code/main.py');
    expect(again).toBe('wrote code/hpo.py\nleft cfg/sweep.yaml as it is\n');
    const refused = await runHere(['init', '--python', 'code/main.py'], { cwd });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('without cfg/sweep.yaml')]);
    const older = '"""hpo for Python programs, of another version"""';
    writeFileSync(join(cwd, 'code/hpo.py'), older);
    const other = await runHere(['init', '--python', 'code/main.py'], { cwd });
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringMatching(/error\[init.file-exists\]: expected no code\/hpo.py, .*\n {2}fix: remove it/),
    ]);
    expect(readFileSync(join(cwd, 'code/hpo.py'), 'utf8')).toBe(older);
    await hpo(cwd, 'init', '--python', '--force', '--no-run', 'code/main.py');
    expect(readFileSync(join(cwd, 'code/hpo.py'), 'utf8')).toContain('class Run');
  });

  test('never writes over another file of this name, nor through a link', async () => {
    const cwd = makeProject({
      'own.py': '# my own',
      'search.ipynb': '{}',
      'old.py': '"""hpo for Python programs"""',
    });
    const refused = async () => {
      const { code, stderr } = await runHere(['init', '--python', '--force'], { cwd });
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/error\[init.file-exists\].*\n {2}fix: remove it/),
      ]);
    };
    for (const target of ['own.py', 'missing.py']) {
      symlinkSync(target, join(cwd, 'hpo.py'));
      await refused();
      rmSync(join(cwd, 'hpo.py'));
    }
    writeFileSync(join(cwd, 'hpo.py'), '# my own');
    await refused();
    rmSync(join(cwd, 'hpo.py'));
    symlinkSync('old.py', join(cwd, 'hpo.py'));
    await hpo(cwd, 'init', '--python', '--force', '--out', 'new.yaml');
    expect(readFileSync(join(cwd, 'hpo.py'), 'utf8')).toContain('class Run');
    const kept = ['own.py', 'old.py'].map((name) => readFileSync(join(cwd, name), 'utf8'));
    expect(kept).toEqual(['# my own', '"""hpo for Python programs"""']);
    expect(existsSync(join(cwd, 'missing.py'))).toBe(false);
  });

  test('writes hpo.py alone beside a notebook', async () => {
    const cwd = makeProject({ 'search.ipynb': '{}' });
    expect(await hpo(cwd, 'init', '--python')).toBe('wrote hpo.py\nnext: import hpo, in the notebook\n');
    expect(readdirSync(cwd).toSorted()).toEqual(['hpo.py', 'search.ipynb']);
  });
});

describeWithReal('python', 'init with a script that imports hpo', () => {
  test('searches what it gives to hpo.run, and writes hpo.py where it is missing', async () => {
    const script = (head: string, call: string) =>
      `${head}\nrun = ${call}\nfor e in run.steps(run.params.epochs):\n    run.report(epoch=e, loss=run.params["lr"] / e)\n`;
    const call = '({"model.units": 32}, lr=0.01, epochs=3, name="a")';
    for (const text of [
      script('import os, hpo', `hpo.run${call}`),
      script('from hpo import run as r, run', `run${call}`),
    ]) {
      const cwd = makeProject({ 'train.py': text });
      const said = await hpo(cwd, 'init', 'train.py');
      expect(said).toMatch(/^wrote hpo\.py\ntrain\.py: 2 parameters to search: model\.units, lr\n/);
      expect(said).toContain('metric: minimize loss, which train.py prints\n');
      const sweep = readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8');
      expect(sweep).toContain('  lr: { min: 0.001, max: 0.1, log: true } # default 0.01\n');
      expect(sweep).not.toContain('TO DO');
      expect(sweep).toContain('  command:\n    - python3\n    - train.py\n\n');
    }
  });

  test('that gives it none gets an example with a note', async () => {
    const cwd = makeProject({ 'train.py': 'import hpo\nhpo.run().report(loss=1)\n' });
    const { stderr } = await runHere(['init', 'train.py'], { cwd });
    expect(stderr).toContain(
      'warning: name the parameters of train.py here, those of hpo.run(); lr is an example',
    );
  });
});

test('a missing sweep file is named, with what to do, and nothing is made', async () => {
  const cwd = makeProject();
  const { code, stderr } = await runHere(['optimize'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('error[config.not-found]: there is no sweep file cfg/sweep.yaml');
  expect(stderr).toContain('hpo init');
  expect(readdirSync(cwd)).toEqual([]);
  const named = await runHere(['optimize', '--sweep', join('else', 'where.yaml')], { cwd });
  expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('else/where.yaml')]);
});
