import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere } from '../../support/cli.js';
import { hpoInProcess } from '../../support/in-process.js';

const bestOf = async (cwd: string, ...args: string[]) =>
  JSON.parse(await hpo(cwd, 'best', '--json', ...args));

test('a real program is tuned without a file, and the same line resumes the study', async () => {
  const cwd = makeProject();
  writeFileSync(join(cwd, 'data.txt'), Array.from({ length: 20_000 }, (_, n) => `${n}\n`).join(''));
  const line = ['tune', '--minimize', 'bytes', '--metric-format', 'last-number', '--sampler', 'grid'];
  const rest = ['--constraint', 'hpo.max_rss_mb <= 500', '--devices', 'cpu', '--name', 'gz', '--'];
  const command = ['sh', '-c', 'gzip -c -{level:int:1..9:4} data.txt | wc -c'];
  await hpo(cwd, ...line, '--trials', '2', ...rest, ...command);
  const again = await hpo(cwd, ...line, ...rest, ...command);
  expect(again).toMatch(/study gz is finished: 3 complete/);
  expect(existsSync(join(cwd, 'cfg/sweep.yaml'))).toBe(false);
  const best = JSON.stringify(await bestOf(cwd, '--study', 'gz'));
  expect(best).toMatch(/"level":[59]/);
  // Another space is another search.
  const other = await runHere([...line, ...rest, 'sh', '-c', 'gzip -c -{level:int:1..8} data.txt | wc -c'], {
    cwd,
  });
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/stored study gz differs from hpo tune:.*level/s);
});

test('--save writes a sweep file that continues the same study', async () => {
  const cwd = makeProject();
  const line = ['tune', '--minimize', 'y', '--maximize', 'hpo.duration_s', '--save', 'my/sweep.yaml'];
  const words = ['--devices', 'cpu', '--trials', '2', '--', 'sh', '-c', 'echo "METRIC y={x:1..2}"'];
  await hpo(cwd, ...line, ...words);
  await hpo(cwd, ...line, ...words);
  const text = readFileSync(join(cwd, 'my/sweep.yaml'), 'utf8');
  expect(text).toContain('trials: 2');
  expect(await hpo(cwd, 'optimize', '--sweep', 'my/sweep.yaml', '--trials', '3')).toContain('3 complete');
  const { code, stderr } = await runHere([...line, '--repeats', '2', ...words], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('error[tune.file-exists]');
});

test('--save writes nothing in a dry run, nor where a mistake shows before the study begins', async () => {
  const cwd = makeProject();
  const line = ['tune', '--minimize', 'y', '--save', 'my/sweep.yaml', '--devices', 'cpu', '--trials', '1'];
  await hpo(cwd, ...line, '--dry-run', '--', 'echo', '{x:1..2}');
  expect(existsSync(join(cwd, 'my'))).toBe(false);
  const { code } = await runHere([...line, '--', './no-such-program', '{x:1..2}'], { cwd });
  expect([code, existsSync(join(cwd, 'my/sweep.yaml'))]).toEqual([2, false]);
  const saved = await runHere([...line, '--', 'echo', 'METRIC', 'y={x:1..2}'], { cwd });
  expect(saved.stderr).toContain(
    'wrote my/sweep.yaml: hpo optimize --sweep my/sweep.yaml continues this study',
  );
});

test('a flag that is there or not, and a program behind others that names the study', async () => {
  const cwd = makeProject({ 't.sh': 'echo METRIC y=$#' });
  const line = [
    'tune',
    '--minimize',
    'y',
    '--sampler',
    'grid',
    '--devices',
    'cpu',
    '--max-concurrent',
    '1',
    '--',
  ];
  await hpo(cwd, ...line, 'nice', '-n', '5', 'sh', 't.sh', '{keep:|-k}');
  const trials = JSON.parse(await hpo(cwd, 'trials', '--json', '--study', 't')) as {
    params: object;
    values: number[];
  }[];
  expect(trials.map(({ params, values }) => [params, values])).toEqual(
    expect.arrayContaining([
      [{ keep: '' }, [0]],
      [{ keep: '-k' }, [1]],
    ]),
  );
});

test('a command that prints no METRIC lines is told what to do, soon', async () => {
  const cwd = makeProject();
  const words = ['--devices', 'cpu', '--max-concurrent', '1', '--', 'echo', '{x:1..2}'];
  const { code, stderr, stdout } = await runHere(['tune', '--minimize', 'loss', ...words], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/METRIC loss=0\.5.*--metric-format last-number/s);
  expect(stdout).toContain('3 fail\n');
});

test.each([
  [['tune', '--minimize', 'y'], 'tune.no-command'],
  [['tune', '--', 'echo', '{x:1..2}'], 'tune.no-objective'],
  [['tune', '--minimize', 'y', '--', 'echo'], 'tune.no-parameters'],
  [
    ['tune', '--minimize', 'y', 'gzip', '-{n:int:1..9}', 'a'],
    'expected the command after --, got -{n:int:1..9}',
  ],
  [['tune', '--minimize', 'y', '--', 'echo', '{x:a}'], 'tune.placeholder'],
  [['tune', '--minimize', 'hpo.cpu', '--', 'echo', '{x:1..2}'], 'config.unknown-run-metric'],
  [['tune', '--minimize', 'y', '--set', 'a.__proto__=1', '--', 'echo', '{x:1..2}'], 'tune.bad-setting'],
  [['tune', '--minimize', 'y', '--set', 'nothing=1', '--', 'echo', '{x:1..2}'], 'config.unknown-key'],
  [['tune', '--minimize', 'y', '--', 'echo', '{lr:1..2}', '${trail_dir}'], 'did you mean ${trial_dir}'],
])('%j exits 2 with %s', async (line, code) => {
  const said = await hpoInProcess(...line);
  expect(said.stderr).toContain(code);
  expect(said.code).toBe(2);
});

test.each([
  [['--minimize', 'hpo.cpu'], 'hpo tune --minimize hpo.cpu error[config.unknown-run-metric]'],
  [['--minimize', 'y', '--metric-pattern', '(a'], 'hpo tune --metric-pattern error[config.bad-value]'],
  [['--minimize', 'y', '--constraint', 'y'], 'hpo tune --constraint error[config.bad-value]'],
  [['--minimize', 'y', '--set', 'nothing=1'], 'hpo tune --set nothing error[config.unknown-key]'],
  [['--minimize', 'y', '--set', 'trials=0', '--save', 'new.yaml'], 'hpo tune --set trials error['],
  [['--minimize', 'y', '--name', 'a/b'], 'hpo tune --name error[config.bad-value]'],
])('%j: a mistake is shown at its flag, not in a file that nobody has', async (flags, shown) => {
  const { stderr } = await hpoInProcess('tune', ...flags, '--', 'echo', '{x:1..2}');
  expect(stderr).toContain(shown);
});

test('a name that no metric can have is refused, and a pattern without the metric, before anything runs', async () => {
  const cwd = makeProject();
  const words = ['--', 'echo', '{x:1..2}'];
  const blank = await runHere(['tune', '--maximize', 'val acc', ...words], { cwd });
  expect([blank.code, blank.stderr]).toEqual([
    2,
    expect.stringMatching(/error\[tune.bad-metric\]: .*got "val acc"\n {2}fix: --maximize val_acc\n/),
  ]);
  const size = ['tune', '--minimize', 'bytes', '--metric-pattern', '(?<size>\\d+)', ...words];
  const other = await runHere(size, { cwd });
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/metric-group.*bytes, got size/)]);
  expect(existsSync(join(cwd, 'storage'))).toBe(false);
});
