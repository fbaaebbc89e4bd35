import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGridEngine, stopGridEngine } from '../../../scripts/real/gridengine.mjs';
import { withDefaults } from '../../../src/core/component-options.js';
import { command } from '../../../src/executors/command/module.js';
import { COMMAND_OPTIONS } from '../../../src/executors/command/options.js';
import { attemptFolder } from '../../../src/executors/handle.js';
import { describeWithReal } from '../../support/real-part.js';
import { HANGS, SAVES } from '../conformance.js';
import { makeAttempt, makeSetup, Recorder, tempDir, until } from '../local/harness.js';

/** As docs/clusters.md has them. */
const GRID_ENGINE = {
  submit: [
    'qsub',
    '-V',
    '-S',
    '/bin/bash',
    '-N',
    '${name}',
    '-o',
    '${output}',
    '-j',
    'y',
    '-wd',
    '${cwd}',
    '${script}',
  ],
  status: ['qstat', '-j', '${id}'],
  cancel: ['qdel', '${id}'],
};

describeWithReal('gridengine', 'Grid Engine by its commands', () => {
  const parent = mkdtempSync(join(tmpdir(), 'hpo-sge-'));
  // Its daemons run as a user of their own.
  chmodSync(parent, 0o755);
  const folder = join(parent, 'cluster');
  let variables: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    variables = await startGridEngine(folder);
    Object.assign(process.env, variables);
  }, 60_000);
  afterAll(async () => {
    await stopGridEngine(folder, variables);
    for (const name of Object.keys(variables)) delete process.env[name];
  }, 60_000);

  function makeExecutor(program: string, outputs = tempDir()) {
    const setup = makeSetup(outputs, ['/bin/bash', '-c', program]);
    return () => command.open(setup, withDefaults(COMMAND_OPTIONS, GRID_ENGINE));
  }

  it('runs a trial to its end', async () => {
    const executor = makeExecutor(SAVES)();
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(hooks.points).toEqual([{ name: 'loss', step: 1, value: 0.5 }]);
  });

  it('ends a trial that is stopped', async () => {
    const executor = makeExecutor(HANGS)();
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    hooks.stop('pruned');
    // Grid Engine kills at once unless its queue says otherwise, so there is no exit code.
    expect(await outcome).toMatchObject({
      kind: expect.stringMatching(/^(exited|unknown)$/),
      stoppedFor: 'pruned',
    });
  });

  it('follows a job that another program submitted', async () => {
    const outputs = tempDir();
    const make = makeExecutor(
      'echo METRIC loss=1; until [ -e go ]; do sleep 0.1; done; echo METRIC loss=2',
      outputs,
    );
    const [one, two] = [make(), make()];
    const attempt = makeAttempt(one);
    const first = new Recorder();
    const left = one.run(attempt, first);
    await first.reported(1);
    expect(await two.isAlive(attempt)).toBe('alive');
    const second = new Recorder();
    const followed = two.reattach(attempt, second);
    await second.reported(1);
    await until(() => existsSync(join(attemptFolder(attempt.handle) ?? '', 'job-id')));
    writeFileSync(join(outputs, 'go'), '');
    for (const outcome of await Promise.all([left, followed])) expect(outcome).toMatchObject({ exitCode: 0 });
    expect(second.points).toEqual(first.points);
  });
});
