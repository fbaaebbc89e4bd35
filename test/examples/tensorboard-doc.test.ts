import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { MAX_METRICS, MAX_STEP } from '../../src/loggers/tensorboard/scalars.js';
import { readBoard } from '../loggers/tensorboard/real.js';
import { hpo, makeProject, trialsOf } from '../support/cli.js';
import { describeWithReal, REAL } from '../support/real-part.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'tensorboard.md'), 'utf8');
const [yaml = '', train = '', commands = '', trackio = ''] = [
  ...page.matchAll(/^```(?:yaml|sh)\n(.*?)^```/gms),
].map(([, text]) => text);
const curve = [1, 2, 3].map((epoch) => [epoch, expect.closeTo((9 - epoch) / 10, 6)]);

test('docs/tensorboard.md has the limits of the code', () => {
  expect(page).toContain(`${MAX_METRICS.toLocaleString('en')} metrics`);
  expect(page).toContain(`steps up to ${MAX_STEP}`);
});

describeWithReal('tensorboard', 'the example of docs/tensorboard.md', () => {
  test('is shown by TensorBoard, and by Trackio after an import', async () => {
    const cwd = makeProject({ 'cfg/sweep.yaml': yaml, 'train.sh': train });
    expect(commands).toBe('hpo optimize\ntensorboard --logdir runs\n');
    await hpo(cwd, 'optimize');
    const trials = await trialsOf(cwd);
    const { rows, scalars } = await readBoard(join(cwd, 'runs'), true);
    const byName = Object.fromEntries(rows.map(({ name, ...row }) => [name, row]));
    expect(trials).toHaveLength(4);
    for (const { number, params } of trials) {
      const name = `digits/trial-0000${number}`;
      expect(scalars[name]?.loss).toEqual(curve);
      expect(byName[name]).toMatchObject({ params, sessions: [{ status: 'STATUS_SUCCESS' }] });
      expect(byName[name]?.sessions[0]?.metrics['objective/loss']).toBeCloseTo(0.6, 6);
    }
    // Its other lines install it, and open a browser.
    const [, load = ''] = /^python -c "(.*)"$/m.exec(trackio) ?? [];
    const env = { ...process.env, TRACKIO_DIR: join(cwd, 'trackio') };
    const run = promisify(execFile);
    await run(REAL.tensorboard, ['-c', load], { cwd, env });
    const asked = ['--project', 'digits', '--run', 'trial-00003', '--metric', 'loss', '--json'];
    const { stdout } = await run(REAL.trackio, ['get', 'metric', ...asked], { cwd, env });
    const { values } = JSON.parse(stdout) as { values: { step: number; value: number }[] };
    expect(values.map(({ step, value }) => [step, value])).toEqual(curve);
  });
});
