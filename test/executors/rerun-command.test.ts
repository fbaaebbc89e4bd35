import { expect, test } from 'vitest';
import { rerunCommand } from '../../src/executors/rerun-command.js';

const ran = { handle: '/w/outputs/s/.attempts/t1', seed: 7, number: 3, params: { lr: 0.1, opt: 'adam' } };
const again = (
  command: readonly string[],
  more: { config?: Record<string, number>; env?: Record<string, string> } = {},
) =>
  rerunCommand({ trainer: { command, cwd: null, env: more.env ?? {} }, config: more.config ?? {} }, ran, [
    'lr',
    'opt',
    'depth',
  ]);

test('a command that has its seed and all parameters as arguments is shown as a person would type it', () => {
  expect(again(['python3', 'train.py', '--lr=${lr}', '--opt=${opt}', '--seed=${seed}'])).toBe(
    'python3 train.py --lr=0.1 --opt=adam --seed=7',
  );
  expect(again(['sh', 'train.sh', '${overrides}', '${seed}'])).toBe('sh train.sh lr=0.1 opt=adam 7');
  expect(again(['./a', '${args}', '-s${seed}'], { env: { OMP_NUM_THREADS: '2' } })).toBe(
    'OMP_NUM_THREADS=2 ./a --lr=0.1 --opt=adam -s7',
  );
});

test.each([
  ['its seed', ['./a', '${overrides}'], {}],
  ['a parameter', ['./a', '--lr=${lr}', '--seed=${seed}'], {}],
  ['its run defaults', ['./a', '${overrides}', '${seed}'], { config: { epochs: 9 } }],
])('a command without %s gets the variables that hpo sets', (_, command, more) => {
  expect(again(command, more)).toMatch(
    /^HPO_SEED=7 HPO_PARAMS='\{"lr":0\.1,"opt":"adam"\}' HPO_CONFIG=\/w\/outputs\/s\/config\.yaml \.\/a /,
  );
});
