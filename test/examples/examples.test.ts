import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { optunaSays } from '../support/optuna.js';
import { describeWithReal, findOptunaPython } from '../support/real-part.js';
import { ExampleCopy, ROOT } from './run-example.js';

const copies: ExampleCopy[] = [];
const copyOf = (name: string) => {
  const copy = new ExampleCopy(name);
  copies.push(copy);
  return copy;
};
afterEach(() => {
  for (const copy of copies.splice(0)) copy.remove();
});

describe('examples/shell', () => {
  test('runs its grid to the end in a copy of the folder', () => {
    const copy = copyOf('shell');
    const { exitCode, output } = copy.hpo(['optimize']);
    expect(output).toContain('study shell is finished: 12 complete');
    expect(exitCode).toBe(0);
    const rows = copy.rows();
    expect(rows).toHaveLength(12);
    // The trainer's own formula at its third epoch.
    for (const { width, depth, cost, objective, epochs } of rows) {
      const expected = (Number(width) - 6) ** 2 + Number(depth) * 2 + 4;
      expect({ cost, objective, epochs }).toEqual({
        cost: String(expected),
        objective: String(expected),
        epochs: '3',
      });
    }
  });
});

describe('examples/shell with a scheduler', () => {
  test('pauses its trials, and continues the best of its grid to the end', () => {
    const copy = copyOf('shell');
    const { exitCode, output } = copy.hpo(['optimize', '--sweep', 'cfg/asha.yaml']);
    expect([exitCode, output]).toEqual([0, expect.stringContaining('study shell-asha is finished')]);
    const rows = copy.rows();
    const best = rows.find(({ width, depth }) => width === '6' && depth === '1');
    expect(best).toMatchObject({ state: 'COMPLETE', cost: '2', epochs: '27' });
    expect(new Set(rows.map(({ epochs }) => epochs))).toEqual(new Set(['3', '9', '27']));
  });
});

describe('examples/pareto', () => {
  test('finds a front of error and size in a copy of the folder', () => {
    const copy = copyOf('pareto');
    const { exitCode, output } = copy.hpo(['optimize', '--trials', '16']);
    expect(output).toMatch(/16 complete\nPareto front of \d+ configurations/);
    expect(exitCode).toBe(0);
    const rows = copy.rows();
    expect(rows).toHaveLength(16);
    for (const row of rows) {
      expect(row).toMatchObject({ state: 'COMPLETE', epochs: '40' });
      expect(Number(row['objective.weights'])).toBe(3 * Number(row.hidden) + 1);
      // The best of its epochs.
      expect(Number(row['objective.error'])).toBeLessThanOrEqual(Number(row.error));
    }
    const front = JSON.parse(copy.hpo(['best', '--json']).output) as { values: [number, number] }[];
    expect(front.length).toBeGreaterThan(1);
    for (const [k, { values }] of front.entries()) {
      const next = front[k + 1]?.values;
      if (next) expect([next[0] >= values[0], next[1] <= values[1]]).toEqual([true, true]);
    }
  });

  test('is what docs/pareto.md shows', () => {
    const sweep = readFileSync(join(ROOT, 'examples', 'pareto', 'cfg', 'sweep.yaml'), 'utf8');
    expect(readFileSync(join(ROOT, 'docs', 'pareto.md'), 'utf8')).toContain(`\n${sweep.trimEnd()}\n`);
  });
});

describeWithReal('python', 'examples/python', () => {
  test('runs in a copy of the folder, with no npm package in it', () => {
    const copy = copyOf('python');
    expect(copy.files().filter((file) => /node_modules|package.*\.json/.test(file))).toEqual([]);
    const { exitCode, output } = copy.hpo(['optimize', '--trials', '5', '--pruner', 'none']);
    expect(output).toContain('5 complete');
    expect(exitCode).toBe(0);
    const rows = copy.rows();
    expect(rows.map((row) => row.state)).toEqual(Array(5).fill('COMPLETE'));
    for (const row of rows) {
      expect(row).toMatchObject({ study: 'python', epochs: '8', exit_code: '0' });
      expect(row.objective).toBe(row.epoch_accuracy);
      expect(Number(row.epoch_accuracy)).toBeGreaterThan(0.4);
      expect(Number(row['learner.step_size'])).toBeGreaterThanOrEqual(0.01);
    }
  });

  test('repeats a trial exactly when it gets the same seed and parameters', () => {
    const train = (seed: string) =>
      spawnSync('python3', ['train.py', 'hidden=3', 'epochs=2'], {
        cwd: join(ROOT, 'examples', 'python'),
        env: { ...process.env, HPO_SEED: seed },
        encoding: 'utf8',
      }).stdout;
    expect(train('1')).toMatch(/^METRIC epoch=1 .*\nMETRIC epoch=2 .*\n$/);
    expect(train('1')).toBe(train('1'));
    expect(train('1')).not.toBe(train('2'));
  });
});

describeWithReal('optuna', 'examples/optuna/read.py', () => {
  test('prints the best trial of a database that hpo wrote', { timeout: 60_000 }, async () => {
    const copy = copyOf('shell');
    expect(copy.hpo(['optimize']).exitCode).toBe(0);
    const script = join(ROOT, 'examples', 'optuna', 'read.py');
    const read = await optunaSays([script, 'storage/hpo.db', 'shell'], { cwd: copy.path });
    expect(read.trimEnd().split('\n')).toEqual([
      'study shell: 12 trials',
      'best: trial 6 with 6.0',
      '  width = 6',
      '  depth = 1',
    ]);
  });
});

describeWithReal('optuna', 'examples/optuna', () => {
  test('hands a study over from Optuna to hpo, and both work on it', { timeout: 180_000 }, async () => {
    const copy = copyOf('optuna');
    const python = findOptunaPython() as string;
    const script = (name: string) => optunaSays([name], { cwd: copy.path });
    expect(await script('make.py')).toMatch(/^study handover: 20 trials, best /);
    expect(copy.hpo(['trials', '--state', 'complete']).output.trimEnd().split('\n')).toHaveLength(21);
    const best = copy.hpo(['best', '--top', '1', '--json']);
    expect((JSON.parse(best.output) as [{ n: number }])[0].n).toBe(1);
    expect(copy.hpo(['importance']).output).toContain('importance for value');
    expect(copy.hpo(['optimize', '--trials', '+10'], python).output).toContain('30 complete');
    // Both at once.
    const worker = script('worker.py');
    const sweep = copy.hpo(['optimize', '--trials', '+15'], python);
    expect([sweep.exitCode, await worker]).toEqual([0, expect.stringMatching(/^10 trials finished/)]);
    expect(await script('read.py')).toMatch(/^study handover: (4[5-9]|5\d) trials\nbest: trial \d+ with /);
  });

  test('is what docs/optuna.md shows', () => {
    const page = readFileSync(join(ROOT, 'docs', 'optuna.md'), 'utf8');
    const sweep = readFileSync(join(ROOT, 'examples', 'optuna', 'cfg', 'sweep.yaml'), 'utf8');
    expect(page).toContain(`\n${sweep.trimEnd()}\n`);
    const worker = readFileSync(join(ROOT, 'examples', 'optuna', 'worker.py'), 'utf8');
    expect(page).toContain(
      worker.slice(worker.indexOf('study = optuna.load_study'), worker.indexOf('print(')),
    );
  });
});
