import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { anotherHost } from '../support/another-host.js';
import { canBeHosts } from '../support/apart.js';
import {
  hpo,
  killIfThere,
  linesOf,
  makeSweep,
  type RunningHpo,
  runHpo,
  spawnHpo,
  trainersIn,
  until,
  writeFiles,
} from '../support/cli.js';
import { newPostgres } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

const TRAINER = fileURLToPath(new URL('../fixtures/resumable/shared.sh', import.meta.url));
const STEPS = 9;

/** A sweep of one trial, whose trainer waits in its steps 2 and 4. */
function project(): string {
  const trainer = { command: ['sh', TRAINER, '${overrides}'] };
  const cwd = makeSweep({ trainer, checkpoints: 'remove', parameters: { x: [1] }, lease: '4s' });
  writeFiles(cwd, { go: '', 'hold-0-2': '', 'hold-0-4': '' });
  return cwd;
}

const stepsOf = (cwd: string) =>
  linesOf(cwd, 'notes').flatMap((line) => (/^0 \d+ (\d+)$/.exec(line) ?? []).slice(1).map(Number));

/** hpo stands still while its trainer reports the steps 2 and 3 and saves them. */
async function reportUnseen(cwd: string, running: RunningHpo): Promise<void> {
  await running.says(/trial 0 step 1/);
  await until(() => stepsOf(cwd).includes(2));
  running.signalWithin('SIGSTOP');
  rmSync(join(cwd, 'hold-0-2'));
  await until(() => stepsOf(cwd).includes(4));
}

/** hpo, its trainer and the supervisor are gone at once. */
async function killAll(cwd: string, running: RunningHpo): Promise<void> {
  running.kill('SIGKILL');
  await running.ended;
  await until(() => {
    const pids = trainersIn(cwd);
    // The oldest first: a supervisor that outlived its trainer would write how it ended.
    for (const pid of pids.sort((a, b) => a - b)) killIfThere(pid);
    return pids.length === 0;
  });
  rmSync(join(cwd, 'hold-0-4'));
}

/** Expects a trial that was resumed after step 3, and that has all it reported. */
async function expectWhole(cwd: string, on: readonly string[] = []): Promise<void> {
  expect(stepsOf(cwd)).toEqual([1, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
  const shown = JSON.parse(await hpo(cwd, 'show', '0', '--json', ...on)) as {
    readonly state: string;
    readonly attempt: number;
    readonly curves: {
      readonly loss: { readonly steps: readonly number[]; readonly values: readonly number[] };
    };
  };
  const { steps, values } = shown.curves.loss;
  expect([shown.state, shown.attempt]).toEqual(['COMPLETE', 2]);
  expect(steps).toEqual(Array.from({ length: STEPS }, (_, k) => k + 1));
  const last = values.at(-1) ?? Number.NaN;
  expect(values).toEqual(steps.map((step) => last + STEPS - step));
}

describe('what a trainer printed before it was killed with its hpo, and nobody stored', () => {
  test('is stored by the next call, before the trial resumes', async () => {
    const cwd = project();
    const running = spawnHpo(['optimize'], { cwd });
    await reportUnseen(cwd, running);
    await killAll(cwd, running);
    expect((await runHpo(['optimize'], { cwd })).code).toBe(0);
    await expectWhole(cwd);
  });

  test('is stored where the project has been moved meanwhile', async () => {
    const cwd = project();
    const running = spawnHpo(['optimize'], { cwd });
    await reportUnseen(cwd, running);
    await killAll(cwd, running);
    const moved = `${cwd}-moved`;
    onTestFinished(() => rmSync(moved, { recursive: true, force: true }));
    renameSync(cwd, moved);
    expect((await runHpo(['optimize'], { cwd: moved })).code).toBe(0);
    await expectWhole(moved);
  });

  test.skipIf(!canBeHosts())('is stored by hpo stop --assume-ended, where nobody can tell', async () => {
    const cwd = project();
    const running = spawnHpo(['optimize'], { cwd, within: anotherHost(cwd) });
    await reportUnseen(cwd, running);
    await killAll(cwd, running);
    rmSync(join(cwd, 'storage/.hpo.db.owners'), { recursive: true });
    const { stdout, stderr } = await runHpo(['optimize'], { cwd });
    expect(stdout + stderr).toContain('--assume-ended');
    const moved = `${cwd}-moved`;
    onTestFinished(() => rmSync(moved, { recursive: true, force: true }));
    renameSync(cwd, moved);
    expect(await hpo(moved, 'stop', '0', '--assume-ended')).toContain('is queued again');
    expect((await runHpo(['optimize'], { cwd: moved })).code).toBe(0);
    await expectWhole(moved);
  });
});

test('a failed trial keeps its reports where the project has been moved, since it resumes after them', async () => {
  const script =
    'f=$HPO_CHECKPOINT_DIR/step; if [ -e "$f" ]; then echo METRIC step=2 loss=1; exit; fi; ' +
    'echo METRIC step=1 loss=2; echo 1 >"$f"; exit 3';
  const trainer = { command: ['sh', '-c', script] };
  const cwd = makeSweep({ trainer, checkpoints: 'keep', parameters: { x: [1] } });
  expect((await runHpo(['optimize'], { cwd })).code).toBe(1);
  const moved = `${cwd}-moved`;
  onTestFinished(() => rmSync(moved, { recursive: true, force: true }));
  renameSync(cwd, moved);
  await hpo(moved, 'retry', '0');
  expect((await runHpo(['optimize'], { cwd: moved })).code).toBe(0);
  expect(JSON.parse(await hpo(moved, 'show', '0', '--json'))).toMatchObject({
    curves: { loss: { steps: [1, 2], values: [2, 1] } },
  });
});

describeWithReal('postgres', 'what a host that lost its power did not store', () => {
  test.skipIf(!canBeHosts()).each([
    ['is stored once, by the one of two others that takes the trial over', 1, false],
    ['is stored where another host sees the shared folder under another path', 0, true],
  ])('%s', async (_, others, isElsewhere) => {
    const cwd = project();
    const at = isElsewhere ? `${cwd}-alpha` : cwd;
    mkdirSync(at, { recursive: true });
    if (isElsewhere) onTestFinished(() => rmSync(at, { recursive: true, force: true }));
    const on = ['--storage', await newPostgres()];
    const running = spawnHpo(['optimize', ...on], { cwd, within: anotherHost(cwd, at) });
    await reportUnseen(cwd, running);
    await killAll(cwd, running);
    await until(async () => (await hpo(cwd, 'workers', '--json', ...on)).includes('expired'));
    const calls = Array.from({ length: 1 + others }, (_, k) =>
      runHpo(['optimize', ...on, '--csv', `runs-${k}.csv`], { cwd }),
    );
    const ended = await Promise.all(calls);
    expect(ended.map(({ code }) => code)).toEqual(ended.map(() => 0));
    expect(ended.filter(({ stdout }) => stdout.includes('reattached'))).toHaveLength(1);
    await expectWhole(cwd, on);
  });
});
