import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, sweepFile } from '../support/cli.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'schedulers.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';

test.each([
  ['python', 'train.py', ['python3', 'train.py']],
  ['sh', 'train.sh', ['sh', 'train.sh', '${overrides}']],
  ['ts', 'train.mts', [process.execPath, '--import', import.meta.resolve('tsx'), 'train.mts']],
] as const)('the trainer in %s trains no step twice', async (language, name, command) => {
  const cwd = makeProject({
    [name]: block(language),
    'cfg/sweep.yaml': sweepFile({
      trainer: { command, cwd: '..' },
      scheduler: 'asha',
      max_steps: 27,
      max_concurrent: 1,
      parameters: { lr: [0.1, 0.05, 0.02, 0.01] },
    }),
  });
  await hpo(cwd, 'optimize');
  const trials = JSON.parse(await hpo(cwd, 'trials', '--json')) as {
    state: string;
    epochs: number;
    attempt: number;
  }[];
  expect(trials.map(({ state, epochs }) => [state, epochs])).toEqual([
    ['COMPLETE', 27],
    ['PRUNED', 3],
    ['PRUNED', 3],
    ['PRUNED', 3],
  ]);
  expect(trials[0]?.attempt).toBe(3);
  const logs = ['.attempt-1', '.attempt-2', ''].map((part) =>
    readFileSync(join(cwd, `outputs/s/trial-00000${part}.log`), 'utf8'),
  );
  const steps = logs.flatMap((text) =>
    [...text.matchAll(/^METRIC step=(\d+) /gm)].map(([, step]) => Number(step)),
  );
  expect(steps).toEqual(Array.from({ length: 27 }, (_, k) => k + 1));
});
