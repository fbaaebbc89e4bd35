import { chmodSync, chownSync, closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { APART, hidingProc, userOf } from '../support/apart.js';
import {
  hpo,
  linesOf,
  makeSweep,
  type RunningHpo,
  runHpo,
  spawnHpo,
  trainersIn,
  trialsOf,
  until,
} from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';

// Two orchestrators of one study that do not see each other's processes.

const GROUP = 60_000;
/** With the umask of people who share a folder. */
const sharing = (within: readonly string[]) => ['sh', '-c', 'umask 002 && exec "$@"', 'sh', ...within];
const [one, two] = [userOf(60_001, GROUP), userOf(60_002, GROUP)];
const NAMESPACE = APART['in a PID namespace of its own'];
const HOST_PROC = APART["in a PID namespace of its own with the host's /proc"];
/** Trainers outlive hpo in a container that has an init. */
const withInit = (within: readonly string[]) => [...within, 'sh', '-c', '"$@"; sleep 600', 'init'];

const PAIRS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['in two PID namespaces', withInit(NAMESPACE), NAMESPACE],
  ["in a PID namespace with the host's /proc and outside of it", withInit(HOST_PROC), []],
  ['of two users', sharing(one), sharing(two)],
  [
    'of two users, where /proc hides the processes of others',
    sharing([...hidingProc(), ...one]),
    sharing([...hidingProc(), ...two]),
  ],
];

/** A sweep of four gates in a folder that a group shares. */
function sharedSweep(): string {
  const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1, 2, 3, 4] } });
  for (const folder of [cwd, join(cwd, 'cfg')]) {
    chownSync(folder, 60_001, GROUP);
    chmodSync(folder, 0o2775);
  }
  return cwd;
}

const starts = (cwd: string) => linesOf(cwd, 'events').filter((line) => line.startsWith('start'));
const open = (cwd: string, ...trials: readonly number[]) => {
  for (const trial of trials) writeFileSync(join(cwd, `go-${trial}`), '');
};
const optimize = (cwd: string, within: readonly string[]): RunningHpo =>
  spawnHpo(['optimize'], { cwd, within, env: { HOME: cwd } });

const complete = (trials: number) => new Array<string>(trials).fill('COMPLETE');

async function endsWell(running: RunningHpo): Promise<string> {
  const { code, stdout, stderr } = await running.ended;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

describeWithReal('namespaces', 'two orchestrators', () => {
  test.each(PAIRS)(
    '%s: each trial starts once, and the trials of one that is killed are finished by the other',
    async (_, first, second) => {
      const cwd = sharedSweep();
      const killed = optimize(cwd, first);
      await until(() => starts(cwd).length === 2);
      const beside = optimize(cwd, second);
      await until(() => starts(cwd).length === 4);
      open(cwd, 2, 3);
      await endsWell(beside);
      // It lives, and what it runs is left to it.
      await endsWell(optimize(cwd, second));
      killed.signalWithin('SIGKILL');
      const last = optimize(cwd, second);
      await last.says(/trial 0 reattached/);
      await last.says(/trial 1 reattached/);
      open(cwd, 0, 1);
      await endsWell(last);
      expect(starts(cwd).sort()).toEqual(['start 0', 'start 1', 'start 2', 'start 3']);
      expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(complete(4));
      expect(await hpo(cwd, 'study', 'list')).toContain('s');
    },
  );

  test('in two PID namespaces, of which one ends with all that runs in it: its trials are run again', async () => {
    const cwd = sharedSweep();
    const killed = optimize(cwd, NAMESPACE);
    await until(() => starts(cwd).length === 2);
    killed.signalWithin('SIGKILL');
    await killed.ended;
    open(cwd, 0, 1, 2, 3);
    await endsWell(optimize(cwd, NAMESPACE));
    expect(starts(cwd)).toHaveLength(6);
    expect((await trialsOf(cwd)).map(({ state, attempt }) => [state, attempt])).toEqual([
      ['COMPLETE', 2],
      ['COMPLETE', 2],
      ['COMPLETE', 1],
      ['COMPLETE', 1],
    ]);
  });

  test('hpo stop in another PID namespace has the sweep that runs the trial stop it, and says so', async () => {
    const cwd = sharedSweep();
    const running = optimize(cwd, NAMESPACE);
    await until(() => starts(cwd).length === 2);
    const { code, stdout } = await runHpo(['stop', '0'], { cwd, within: NAMESPACE });
    expect([code, stdout]).toEqual([0, 'trial 0 was stopped by the sweep that ran it, which continues\n']);
    open(cwd, 1, 2, 3);
    await endsWell(running);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['PRUNED', ...complete(3)]);
  });

  test('hpo stop says of a trial that it cannot end that it runs, and the sweep that can end it does', async () => {
    const cwd = sharedSweep();
    const killed = optimize(cwd, withInit(NAMESPACE));
    await until(() => starts(cwd).length === 2);
    killed.signalWithin('SIGKILL');
    const { stdout } = await runHpo(['stop', '0'], { cwd, within: NAMESPACE });
    expect(stdout).toMatch(/^trial 0 still runs, or may: .*The request is stored/);
    open(cwd, 1, 2, 3);
    await endsWell(optimize(cwd, []));
    expect(starts(cwd)).toHaveLength(4);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['PRUNED', ...complete(3)]);
  });

  test('a sweep that cannot tell leaves a trial alone and says how it is run again', async () => {
    const cwd = sharedSweep();
    const killed = optimize(cwd, NAMESPACE);
    await until(() => starts(cwd).length === 2);
    // Held open, or the kernel may give the next namespace the same inode: then the first is known to be gone.
    const namespace = openSync(`/proc/${killed.child.pid}/ns/pid_for_children`, 'r');
    killed.signalWithin('SIGKILL');
    await killed.ended;
    rmSync(join(cwd, 'storage/.hpo.db.owners'), { recursive: true });
    open(cwd, 0, 1, 2, 3);
    const said = await endsWell(optimize(cwd, NAMESPACE));
    closeSync(namespace);
    expect(said).toMatch(
      /warning: cannot tell whether pid 1 of user 0 .*still runs trials 0, 1: .*hpo stop 0 --assume-ended/,
    );
    expect(said).toMatch(/warning: another program may still run trials 0, 1 of this study/);
    expect(starts(cwd).sort()).toEqual(['start 0', 'start 1', 'start 2', 'start 3']);
    for (const trial of ['0', '1']) await hpo(cwd, 'stop', trial, '--assume-ended');
    await endsWell(optimize(cwd, NAMESPACE));
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(complete(4));
  });

  test('hpo stop --assume-ended refuses a trial whose sweep lives', async () => {
    const cwd = sharedSweep();
    const running = optimize(cwd, NAMESPACE);
    await until(() => starts(cwd).length === 2);
    const { code, stderr } = await runHpo(['stop', '0', '--assume-ended'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[trial.running]')]);
    open(cwd, 0, 1, 2, 3);
    await endsWell(running);
  });

  test('a trial whose trainer belongs to another user is left running when the sweep that follows it is interrupted', async () => {
    const cwd = sharedSweep();
    const killed = optimize(cwd, sharing(one));
    await until(() => starts(cwd).length === 2);
    killed.kill('SIGKILL');
    await killed.ended;
    const interrupted = optimize(cwd, sharing(two));
    await interrupted.says(/trial 1 reattached/);
    interrupted.kill('SIGTERM');
    const { code, stderr } = await interrupted.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('error[executor.out-of-reach]')]);
    open(cwd, 0, 1, 2, 3);
    await endsWell(optimize(cwd, sharing(two)));
    expect(starts(cwd).sort()).toEqual(['start 0', 'start 1', 'start 2', 'start 3']);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(complete(4));
  });

  test("in a PID namespace with the host's /proc a trainer that is to end gets its signals", async () => {
    const cwd = makeSweep({ trainer: 'gate.sh', trial_timeout: '1s', parameters: { x: [1] } });
    const running = optimize(cwd, withInit(HOST_PROC));
    await running.says(/trial 0 FAIL .*trial_timeout/);
    // Nothing is written after this.
    await running.says(/table: /);
    expect(trainersIn(cwd)).toEqual([]);
  });
});
