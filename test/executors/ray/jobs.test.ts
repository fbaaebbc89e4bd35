import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { RunnableAttempt } from '../../../src/executors/executor.js';
import { attemptFolder } from '../../../src/executors/handle.js';
import { ray } from '../../../src/executors/ray/module.js';
import { CuttingProxy } from '../../support/cutting-proxy.js';
import { rayJobs, useRay } from '../../support/ray.js';
import { describeWithReal } from '../../support/real-part.js';
import { makeAttempt, Recorder, tempDir, until } from '../local/harness.js';
import { makeRay, sending } from './harness.js';

const fileOf = ({ handle }: RunnableAttempt, name: string) => {
  const file = join(attemptFolder(handle) ?? '', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

afterEach(() => vi.unstubAllEnvs());

/** A network between hpo and the cluster; the address by which it is used. */
async function throughProxy(): Promise<{ readonly proxy: CuttingProxy; readonly address: string }> {
  const proxy = await CuttingProxy.start(Number(new URL(process.env.RAY_API_SERVER_ADDRESS ?? '').port));
  onTestFinished(() => proxy.close());
  return { proxy, address: `http://127.0.0.1:${proxy.port}` };
}

describeWithReal('ray', 'jobs of Ray', () => {
  useRay();

  it('gives a job its parameters, its GPU and its checkpoints in the folder of hpo', async () => {
    const outputs = tempDir();
    const program =
      'echo "$HPO_DEVICE|$HPO_SEED|$MARK|$PWD|$1"; echo 1 >"$HPO_CHECKPOINT_DIR/epoch"; echo METRIC loss=1; exit 3';
    const command = ['/bin/bash', '-c', program, 'name', 'it\'s "$HOME"; `date`\nx'];
    const setup = { env: { MARK: 'it\'s "$HOME" ${X}' }, checkpoints: 'keep' as const, command };
    const executor = makeRay(outputs, '', { setup, options: { gpus: 1 } });
    const attempt = makeAttempt(executor);
    expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'exited', exitCode: 3 });
    expect(fileOf(attempt, 'log').split('METRIC')[0]).toMatch(
      /^[01]\|42\|it's "\$HOME" \$\{X\}\|.*\|it's "\$HOME"; `date`\nx\n$/,
    );
    expect(fileOf(attempt, 'log')).toContain(`|${outputs}|`);
    expect(fileOf(attempt, 'host')).not.toBe('');
    expect(await executor.checkpoints?.exist(attempt)).toBe(true);
  });

  it('sends a folder with its programs, and brings output and exit code back without a shared folder', async () => {
    const outputs = tempDir();
    const options = { ...sending(outputs), runtime_env: { env_vars: { MARK: 'a b' }, excludes: ['*.big'] } };
    mkdirSync(join(outputs, 'code', 'sub'));
    writeFileSync(
      join(outputs, 'code', 'sub', 'train.sh'),
      '#!/bin/bash\ncat "$HPO_PARAMS_FILE"; ls; echo "$MARK|$1|$HPO_TRIAL_DIR"; printf "METRIC loss=1\\n\\377end"; exit 7\n',
    );
    chmodSync(join(outputs, 'code', 'sub', 'train.sh'), 0o755);
    writeFileSync(join(outputs, 'code', 'data.big'), 'x');
    const setup = { command: ['sub/train.sh', "it's $HOME"] };
    const executor = makeRay(outputs, '', { setup, options });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    expect(await executor.run(attempt, hooks)).toMatchObject({ kind: 'exited', exitCode: 7 });
    const log = readFileSync(join(attemptFolder(attempt.handle) ?? '', 'log'));
    const lines = log.toString('latin1').split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ 'learner.opt': 'adam' });
    expect(lines.slice(1)).toEqual([
      'sub',
      expect.stringMatching(/^a b\|it's \$HOME\|\/tmp\/hpo-7-[0-9a-f]+\/trial$/),
      'METRIC loss=1',
      '\u00ffend',
    ]);
    expect(hooks.points).toHaveLength(1);
    expect(existsSync(`/tmp/hpo-7-${attempt.token}`)).toBe(false);
  });

  it('leaves a stopped trainer ten seconds to save', async () => {
    const outputs = tempDir();
    const program =
      'trap "sleep 4; echo METRIC epoch=2 loss=2; exit 0" TERM; echo METRIC epoch=1 loss=1; while :; do sleep 0.1; done';
    const executor = makeRay(outputs, program, { options: sending(outputs) });
    const hooks = new Recorder();
    const outcome = executor.run(makeAttempt(executor), hooks);
    await hooks.reported(1);
    hooks.stop('pruned');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 0, stoppedFor: 'pruned' });
    expect(hooks.points.map(({ step }) => step)).toEqual([1, 2]);
  });

  it.each([true, false])(
    'runs one job where the answer to its submission is lost (delivered: %s)',
    async (delivers) => {
      const { proxy, address } = await throughProxy();
      const executor = makeRay(tempDir(), 'echo METRIC loss=1', { options: { address } });
      const attempt = makeAttempt(executor);
      proxy.cutAt('"submission_id"', { delivers });
      expect(await executor.run(attempt, new Recorder())).toMatchObject({ kind: 'exited', exitCode: 0 });
      expect(proxy.cuts).toBe(1);
      expect(await rayJobs(attempt.token)).toHaveLength(1);
    },
  );

  it('loses nothing of a job while the cluster cannot be reached, and two programs that follow it see the same', async () => {
    const { proxy, address } = await throughProxy();
    const outputs = tempDir();
    const options = { ...sending(outputs), address };
    const go = join(outputs, 'go');
    const trainer = `for e in 1 2 3; do echo METRIC epoch=$e loss=0.$e; done; until [ -e ${go} ]; do sleep 0.1; done; echo METRIC epoch=4 loss=0.4`;
    const [one, two] = [makeRay(outputs, trainer, { options }), makeRay(outputs, trainer, { options })];
    const attempt = makeAttempt(one);
    const [first, second] = [new Recorder(), new Recorder()];
    const outcome = one.run(attempt, first);
    await first.reported(3);
    const followed = two.reattach(attempt, second);
    await second.reported(3);
    // Programs without the sweep file find the cluster too.
    expect(await ray.control.isAlive(attempt)).toBe('alive');
    proxy.goDown();
    writeFileSync(go, '');
    for (const program of [two, ray.control]) expect(await program.isAlive(attempt)).toBe('unknown');
    proxy.comeUp();
    for (const each of await Promise.all([outcome, followed]))
      expect(each).toMatchObject({ kind: 'exited', exitCode: 0 });
    for (const { points, warnings } of [first, second]) {
      expect(points.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
      expect(warnings).toEqual([]);
    }
    expect(fileOf(attempt, 'log').split('\n')).toHaveLength(5);
  });

  it('says that no node can run a job, which waits, and ends it without a result', async () => {
    const executor = makeRay(tempDir(), 'echo METRIC loss=1', {
      options: { cpus: 99, resources: { tag: 1 } },
    });
    const attempt = makeAttempt(executor);
    const hooks = new Recorder();
    const outcome = executor.run(attempt, hooks);
    await until(() => hooks.warnings.length > 0);
    expect(hooks.warnings.join()).toContain(
      'its job waits in Ray: no node of the cluster has CPU 99 (the most is 12), tag 1 (the most is 0)',
    );
    expect(await executor.isAlive(attempt)).toBe('alive');
    hooks.stop('interrupted');
    expect(await outcome).toMatchObject({ kind: 'not-started' });
  });

  it('ends a sweep that has a wrong token, or none, and submits nothing', async () => {
    const executor = makeRay(tempDir(), 'true');
    vi.stubEnv('RAY_AUTH_TOKEN', 'wrong');
    const attempt = makeAttempt(executor);
    await expect(executor.run(attempt, new Recorder())).rejects.toMatchObject({
      code: 'executor.bad-token',
      message: expect.stringContaining('does not take the token from RAY_AUTH_TOKEN'),
    });
    vi.stubEnv('RAY_AUTH_TOKEN', '');
    vi.stubEnv('RAY_AUTH_TOKEN_PATH', '/nowhere');
    await expect(executor.reattach(attempt, new Recorder())).rejects.toThrow(/wants a token/);
    vi.unstubAllEnvs();
    expect(await rayJobs(attempt.token)).toEqual([]);
  });
});
