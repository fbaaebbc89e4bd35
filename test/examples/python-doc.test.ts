import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseLine } from '../../src/protocol/metric.js';
import { describeWithReal, findPython } from '../support/real-part.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'python.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  );

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hpo-python-doc-'));
  writeFileSync(join(folder, 'train.py'), blocks('python').join('\n'));
  mkdirSync(join(folder, 'cfg'));
  writeFileSync(join(folder, 'cfg', 'sweep.yaml'), blocks('yaml').join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('docs/python.md has a helper of three lines, a trainer and a sweep', () => {
  expect([blocks('python').length, blocks('yaml').length]).toEqual([2, 1]);
  const [, helper = ''] = (blocks('python')[0] as string).split('\n\n');
  expect(helper.trimEnd().split('\n')).toHaveLength(3);
});

describeWithReal('python', 'the helper of docs/python.md', () => {
  const python = findPython() as string;
  const train = (env: NodeJS.ProcessEnv) => {
    const { HPO_PARAMS_FILE: _, HPO_SEED: __, ...own } = process.env;
    const run = spawnSync(python, ['train.py'], { cwd: folder, env: { ...own, ...env }, encoding: 'utf8' });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    return run.stdout;
  };

  test('runs by hand, is seeded, and takes its parameters', () => {
    const lines = train({}).trimEnd().split('\n').map(parseLine);
    expect(lines.map((line) => (line.kind === 'metric' ? line.entries[0] : line))).toEqual(
      [1, 2, 3, 4, 5].map((epoch) => ['epoch', epoch]),
    );
    expect(train({ HPO_SEED: '1' })).toBe(train({ HPO_SEED: '1' }));
    expect(train({ HPO_SEED: '1' })).not.toBe(train({ HPO_SEED: '2' }));
    const file = join(folder, 'params.json');
    writeFileSync(file, '{"epochs": 1, "rate": 0.5}');
    expect(train({ HPO_PARAMS_FILE: file })).toBe('METRIC epoch=1 loss=0.0\n');
  });

  test('reports numbers that are no floats, and what is no number', () => {
    const program = `${blocks('python')[0]}report(3, a=True, b=2, c="nan", d=float("-inf"), e=1e-9)`;
    const { stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' });
    expect(parseLine(stdout.trimEnd())).toMatchObject({
      kind: 'metric',
      entries: [
        ['epoch', 3],
        ['a', 1],
        ['b', 2],
        ['c', Number.NaN],
        ['d', Number.NEGATIVE_INFINITY],
        ['e', 1e-9],
      ],
    });
  });

  test('is searched by the sweep of the page', () => {
    const run = spawnSync(
      process.execPath,
      [join(ROOT, 'dist', 'cli', 'main.js'), 'optimize', '--devices', 'cpu'],
      {
        cwd: folder,
        env: { ...process.env, PATH: `${dirname(python)}:${process.env.PATH ?? ''}` },
        encoding: 'utf8',
      },
    );
    expect(run.stdout + run.stderr).toMatch(/has reached its budget: (6 complete|5 complete, 1 pruned)/);
    expect(run.status).toBe(0);
    const text = readFileSync(join(folder, 'cfg', 'runs.csv'), 'utf8');
    const [header = [], ...rows] = parse(text);
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      const cell = (name: string) => row[header.indexOf(name)] ?? '';
      expect(Number(cell('epochs')) === 5).toBe(cell('state') === 'COMPLETE');
      expect(cell('momentum') === '').toBe(Number(cell('rate')) >= 0.1);
    }
  });
});
