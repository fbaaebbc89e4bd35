import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere } from '../support/cli.js';

const TRAINER = `for (let epoch = 1; epoch <= 2; epoch++) console.log(\`Epoch \${epoch} - val loss: \${process.argv[2]}, acc 91%\`);`;
const SWEEP = `objective: { metric: val_loss, direction: minimize }
trainer: { command: [node, train.mjs, "\${lr}"] }
parameters: { lr: [0.1, 0.2, 0.3, 0.4] }
max_concurrent: 1
`;

test('output with metrics that nobody reads gets the line that reads them, which works when it is pasted', async () => {
  const cwd = makeProject({ 'train.mjs': TRAINER, 'cfg/sweep.yaml': SWEEP });
  const failed = await runHere(['optimize', '--devices', 'cpu'], { cwd });
  expect(failed.code).toBe(1);
  const fix = /^fix: (metrics: .*)$/m.exec(failed.stderr)?.[1] ?? '';
  expect(fix).toMatch(/^metrics: \{ format: regex, pattern: '.*' \}$/);
  appendFileSync(join(cwd, 'cfg/sweep.yaml'), `${fix}\n`);
  // No result depends on how metrics were read before.
  expect(await hpo(cwd, 'optimize', '--devices', 'cpu', '--retry-failed')).toContain('4 complete');
  const other = makeProject({ 'train.mjs': 'console.log("nothing")', 'cfg/sweep.yaml': SWEEP });
  expect((await runHere(['optimize', '--devices', 'cpu'], { cwd: other })).stderr).not.toContain(
    'fix: metrics',
  );
});

const TIMED = 'console.log("time: 27327 us, size: 16064 bytes")';

test('a format that does not fit is named with what its lines are, and gets the pattern that does', async () => {
  const cwd = makeProject({ 'train.mjs': TIMED, 'cfg/sweep.yaml': SWEEP.replace('val_loss', 'time') });
  appendFileSync(join(cwd, 'cfg/sweep.yaml'), 'metrics: { format: guild }\ntrials: 1\n');
  const failed = await runHere(['optimize', '--devices', 'cpu'], { cwd });
  expect(`${failed.stdout}${failed.stderr}`).toContain(
    'no line of its output has the format guild, which is a line with name: value and nothing else',
  );
  expect(failed.stderr).toMatch(
    /warning: trial 0 printed its metrics, but not in the format guild\nfix: metrics: \{ format: regex, pattern: '.*' \}\n/,
  );
});

test('tune gets a flag in place of a line of a sweep file, and no other advice', async () => {
  const cwd = makeProject({ 'train.mjs': TIMED });
  const words = ['--devices', 'cpu', '--trials', '1', '--', 'node', 'train.mjs', '{x:1..2}'];
  const plain = await runHere(['tune', '--minimize', 'time', ...words], { cwd });
  expect(plain.stderr).toMatch(/but not as METRIC lines\nfix: --metric-pattern '.*\(\?<time>.*'\n/);
  expect(plain.stderr).not.toContain('is read from lines such as');
  const flags = ['--metric-pattern', '^(?<time>\\d+)$', '--name', 'other'];
  const other = await runHere(['tune', '--minimize', 'time', ...flags, ...words], { cwd });
  expect(other.stderr).toMatch(/but the pattern does not find them\nfix: --metric-pattern '/);
});

test('METRIC lines with another name get that name, and no pattern', async () => {
  const cwd = makeProject({ 'train.mjs': 'console.log("METRIC epoch=1 loss=0.5 acc=1")' });
  const words = ['--devices', 'cpu', '--trials', '1', '--', 'node', 'train.mjs', '{x:1..2}'];
  const { stderr } = await runHere(['tune', '--minimize', 'Loss', ...words], { cwd });
  expect(stderr).toContain(
    'trial 0 printed METRIC lines with loss, acc, and none with Loss\nfix: --minimize loss',
  );
  expect(stderr).not.toContain('--metric-pattern');
});
