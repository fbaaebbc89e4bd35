import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { trialDir } from '../../../src/executors/local/paths.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer } from './harness.js';

/** More than one variable may hold: 3,000 parameters of 60 characters. */
const LARGE = Object.fromEntries(
  Array.from({ length: 3000 }, (_, k) => [`parameter.${k}`, `${k} ${'x'.repeat(40)}`]),
);

function outerSweep(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}

test('HPO_PARAMS_FILE names a file with the parameters, whatever their size, and HPO_PARAMS is never the one of an outer sweep', async () => {
  outerSweep({ HPO_PARAMS: '{"outer": 1}', HPO_PARAMS_FILE: '/outer/params.json' });
  const outputs = tempDir();
  const executor = makeExecutor(outputs, [process.execPath, trainer('tell-all.mjs')]);
  const hooks = new Recorder();
  const told = async (params: Readonly<Record<string, string | number>>, trial: number) => {
    const attempt = makeAttempt(executor, { params, trial });
    expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
    const { env } = JSON.parse(
      readFileSync(join(trialDir(join(outputs, 'test'), trial), 'told.json'), 'utf8'),
    );
    expect(JSON.parse(readFileSync(env.HPO_PARAMS_FILE, 'utf8'))).toEqual(params);
    expect(env.HPO_PARAMS_FILE.startsWith(attempt.handle)).toBe(true);
    return env.HPO_PARAMS as string | undefined;
  };
  expect(await told({ rate: 0.1 }, 1)).toBe('{"rate":0.1}');
  expect(hooks.warnings).toEqual([]);
  expect(await told(LARGE, 2)).toBeUndefined();
  expect(await told(LARGE, 3)).toBeUndefined();
  // Once, though both trials have it.
  expect(hooks.warnings).toEqual([expect.stringContaining('read the file that HPO_PARAMS_FILE names')]);
});

test('the file of the parameters follows the umask', async () => {
  const before = process.umask(0o002);
  onTestFinished(() => {
    process.umask(before);
  });
  const executor = makeExecutor(tempDir(), ['true']);
  const attempt = makeAttempt(executor);
  await executor.run(attempt, new Recorder());
  expect(statSync(join(attempt.handle, 'params.json')).mode & 0o777).toBe(0o664);
});

test.each([
  ['${params_json}', 'one argument'],
  ['${overrides}', 'many arguments'],
])(
  'parameters that do not fit on a command line fail the trial with a way out: %s, %s',
  async (placeholder) => {
    const executor = makeExecutor(tempDir(), ['true', placeholder]);
    const params =
      placeholder === '${overrides}'
        ? Object.fromEntries(Array.from({ length: 90 }, (_, k) => [`p${k}`, 'x'.repeat(100_000)]))
        : LARGE;
    expect(await executor.run(makeAttempt(executor, { params }), new Recorder())).toMatchObject({
      kind: 'not-started',
      fatal: true,
      reason: expect.stringMatching(
        /^the trainer could not be started: its arguments \(\d+ KiB\) .*read the file that HPO_PARAMS_FILE names$/,
      ),
    });
  },
);
