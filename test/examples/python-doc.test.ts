import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLine } from '../../src/protocol/metric.js';
import { cleanEnv, MAIN } from '../support/bundle.js';
import { hpo, makeProject } from '../support/cli.js';
import { describeWithReal, findPython } from '../support/real-part.js';
import { runTorch } from '../support/torch.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'python.md'), 'utf8');
const HELPER = join(ROOT, 'python', 'hpo.py');

/** The only block of a language that has a text. */
function block(language: string, text: string): string {
  const all = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  );
  const [found, ...others] = all.filter((code) => code.includes(text));
  expect([found === undefined, others]).toEqual([false, []]);
  return found as string;
}

const threeLines = block('python', 'def report');
const script = block('python', 'run.save(state)');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hpo-python-doc-'));
  copyFileSync(HELPER, join(folder, 'hpo.py'));
  writeFileSync(join(folder, 'train.py'), script);
  mkdirSync(join(folder, 'cfg'));
  writeFileSync(join(folder, 'cfg', 'sweep.yaml'), block('yaml', 'study: guest'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('docs/python.md has a helper of three lines for those who want no file', () => {
  const [, helper = ''] = threeLines.split('\n\n');
  expect(helper.trimEnd().split('\n')).toHaveLength(3);
});

test('its protocol is answered as it says; the process ends when its input does', () => {
  const requests = /<<'END'\n(.*?)^END$/ms.exec(block('sh', 'hpo ask --serve'))?.[1];
  const cwd = makeProject();
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'ask', '--serve'], {
    input: `${requests}nonsense\n`,
    encoding: 'utf8',
    cwd,
    env: cleanEnv(),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const answers = stdout.trim().split('\n');
  expect(answers.map((line) => JSON.parse(line))).toMatchObject([
    { id: 1, protocol: 1, study: 's', objectives: [{ metric: 'loss', direction: 'minimize' }] },
    { id: 2, trial: 0, params: { x: expect.any(Number) }, seed: expect.any(Number) },
    { id: 3, stored: true },
    { id: 4, prune: false, reason: expect.any(String) },
    { id: 5, state: 'complete' },
    { id: 6, best: [{ value: 0.25, values: [0.25], trials: [0] }] },
    { id: null, error: { code: 'sampler.bad-request' } },
  ]);
});

describeWithReal('python', 'docs/python.md', () => {
  const python = findPython() as string;
  const run = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) => {
    const ran = spawnSync(python, args, {
      cwd,
      env: cleanEnv({ PYTHONDONTWRITEBYTECODE: '1', ...env }),
      encoding: 'utf8',
    });
    expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: '' });
    return ran.stdout;
  };

  test('its commands write hpo.py beside a script and the example, and sweep files for both', async () => {
    const cwd = makeProject();
    const [example = '', own = ''] = block('sh', 'hpo init --python ').trimEnd().split('\n');
    const words = (line: string) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1);
    await hpo(cwd, ...words(example));
    expect(readFileSync(join(cwd, 'hpo.py'), 'utf8')).toBe(readFileSync(HELPER, 'utf8'));
    const other = makeProject({ 'train.py': script });
    expect(await hpo(other, ...words(own))).toContain('train.py: 2 parameters to search: rate, momentum');
    expect(existsSync(join(other, 'hpo.py'))).toBe(true);
  });

  test('its script runs by hand, and takes its parameters', () => {
    const lines = run(['train.py'], folder).trimEnd().split('\n').map(parseLine);
    expect(lines.map((line) => (line.kind === 'metric' ? line.entries[0] : line))).toEqual(
      [1, 2, 3, 4, 5].map((epoch) => ['epoch', epoch]),
    );
    const file = join(folder, 'params.json');
    writeFileSync(file, '{"rate": 0.5}');
    expect(run(['train.py'], folder, { HPO_PARAMS_FILE: file })).toMatch(/^METRIC epoch=1 loss=0\.0\n/);
  });

  test('its script is searched by its sweep, whose scheduler pauses and continues trials', () => {
    const ran = spawnSync(process.execPath, [MAIN, 'optimize', '--devices', 'cpu', '--max-concurrent', '1'], {
      cwd: folder,
      env: { ...process.env, PATH: `${dirname(python)}:${process.env.PATH ?? ''}` },
      encoding: 'utf8',
    });
    expect(ran.stdout + ran.stderr).toContain('has reached its budget');
    expect(ran.status).toBe(0);
    const [header = [], ...rows] = parse(readFileSync(join(folder, 'cfg', 'runs.csv'), 'utf8'));
    expect(rows).toHaveLength(6);
    const cell = (row: readonly string[], name: string) => row[header.indexOf(name)] ?? '';
    for (const row of rows) {
      expect(Number(cell(row, 'epochs')) === 5).toBe(cell(row, 'state') === 'COMPLETE');
      expect(cell(row, 'momentum') === '').toBe(Number(cell(row, 'rate')) >= 0.1);
    }
    // Some were paused, and some of them continued from what they had saved.
    expect(rows.some((row) => cell(row, 'state') === 'PRUNED')).toBe(true);
    expect(rows.some((row) => cell(row, 'state') === 'COMPLETE' && Number(cell(row, 'attempt')) > 1)).toBe(
      true,
    );
  });

  test('its notebook searches, and hpo shows the same best configuration', async () => {
    const cwd = makeProject();
    copyFileSync(HELPER, join(cwd, 'hpo.py'));
    const code = `${block('python', 'study.trials(20)')}\nimport json; print(json.dumps(study.best.params))`;
    const printed = run(['-c', code], cwd, { HPO_COMMAND: `${process.execPath} ${MAIN}` });
    const [best] = JSON.parse(await hpo(cwd, 'best', '--json'));
    expect(JSON.parse(printed.trimEnd().split('\n').at(-1) as string)).toEqual(best.params);
  });

  test('its three lines report numbers that are no floats, and what is no number; they are seeded', () => {
    const program = `${threeLines}report(3, a=True, b=2, c="nan", d=float("-inf"), e=1e-9, f=random.random())`;
    const line = (seed: string) => run(['-c', program], folder, { HPO_SEED: seed }).trimEnd();
    expect(parseLine(line('1'))).toMatchObject({
      kind: 'metric',
      entries: [
        ['epoch', 3],
        ['a', 1],
        ['b', 2],
        ['c', Number.NaN],
        ['d', Number.NEGATIVE_INFINITY],
        ['e', 1e-9],
        ['f', expect.any(Number)],
      ],
    });
    expect(line('1')).toBe(line('1'));
    expect(line('1')).not.toBe(line('2'));
    const file = join(folder, 'few.json');
    writeFileSync(file, '{"rate": 0.5}');
    expect(run(['-c', `${threeLines}print(params)`], folder, { HPO_PARAMS_FILE: file })).toBe(
      "{'rate': 0.5}\n",
    );
    expect(run(['-c', `${threeLines}print(params)`], folder)).toBe('{}\n');
  });
});

describeWithReal('torch', 'docs/python.md in PyTorch', () => {
  test('saves by a function, and continues as if it had not been interrupted', {
    timeout: 180_000,
  }, async () => {
    const cwd = makeProject({ 'torch_train.py': block('python', 'import hpo, torch') });
    copyFileSync(HELPER, join(cwd, 'hpo.py'));
    const trained = async (more: Readonly<Record<string, string>>) => {
      const env = cleanEnv({ HPO_SEED: '3', HPO_TRIAL: '0', PYTHONDONTWRITEBYTECODE: '1', ...more });
      const { status, stdout, stderr } = await runTorch(['torch_train.py'], { cwd, env });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    };
    const whole = await trained({});
    const parts = { HPO_CHECKPOINT_DIR: join(cwd, 'checkpoints') };
    expect((await trained({ ...parts, HPO_TARGET_STEP: '2' })) + (await trained(parts))).toBe(whole);
    expect(whole.trimEnd().split('\n')).toHaveLength(5);
  });
});
