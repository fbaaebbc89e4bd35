import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findLeaseDir } from '../../src/cli/optimize/leases.js';
import {
  linesOf,
  makeProject,
  pass,
  runHere,
  sweepFile,
  trainersIn,
  until,
  writeFiles,
} from '../support/cli.js';
import { GPU_PATH, machine, mostOnOneGpu } from '../support/gpus.js';

const open = (cwd: string) => writeFiles(cwd, { go: '' });
/** Long enough for a sweep that waits to look at the GPUs a few times. */
const looks = () => pass(1500);

test.each([1, 2])(
  'sweeps of different databases take turns, and never have more than slots_per_device (%i) trials on one GPU',
  async (slots) => {
    const { sweep, start, events, leases, starts } = machine();
    const x = Array.from({ length: 12 }, (_, k) => k);
    // Long enough that the other sweep, which looks now and then, finds a place before its end.
    const many = Array.from({ length: 32 }, (_, k) => k);
    const left = sweep('left', { parameters: { x: many }, slots_per_device: slots });
    // By index and UUID, in another order: they are the same GPUs.
    const devices = ['GPU-bbbb', 0];
    const right = sweep('right', { parameters: { x }, slots_per_device: slots, devices }, false);
    const running = [start(left)];
    await until(() => starts('left').length === 2 * slots);
    running.push(start(right));
    await running[1]?.says(/waiting for a slot/);
    open(left);
    const ended = await Promise.all(running.map((each) => each.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(mostOnOneGpu(events())).toBe(slots);
    expect([starts('left').length, starts('right').length]).toEqual([32, 12]);
    // The one that came later was let in when the first trials ended, and not when the other sweep did.
    const order = events().map((line) => line.split(' ')[2]);
    expect(order.indexOf('right')).toBeLessThan(order.lastIndexOf('left'));
    expect(leases()).toEqual([]);
  },
);

test('a sweep that finds all GPUs taken says by whom, waits, and continues soon after one is free', async () => {
  const { home, sweep, start, starts, env } = machine();
  const [first, second] = [sweep('first', { parameters: { x: [1, 2] } }), sweep('second')];
  const holder = start(first);
  await until(() => starts('first').length === 2);
  const waiting = start(second);
  await waiting.says(
    new RegExp(
      `waiting for a slot: .*GPU [01] is held by study first, trial [01] \\(pid ${holder.child.pid}\\)`,
    ),
  );
  const dry = await runHere(['optimize', '--dry-run'], { cwd: second, env });
  expect(dry.stdout).toMatch(/GPU 0 is held by study first, trial \d \(pid \d+\)\n/);
  expect(starts('second')).toEqual([]);
  open(first);
  open(second);
  expect((await holder.ended).code).toBe(0);
  const { code, stdout } = await waiting.ended;
  expect(code).toBe(0);
  expect(stdout.match(/waiting for a slot/g)).toHaveLength(1);
  expect(starts('second')).toHaveLength(3);
  expect(mostOnOneGpu(linesOf(home, 'events'))).toBe(1);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('a sweep that waits ends at once with %s', async (signal, exit) => {
  const { sweep, start, starts, leases } = machine();
  const first = sweep('first', { parameters: { x: [1, 2] } });
  const holder = start(first);
  await until(() => starts('first').length === 2);
  const waiting = start(sweep('second'));
  await waiting.says(/waiting for a slot/);
  waiting.kill(signal);
  expect((await waiting.ended).code).toBe(exit);
  expect(starts('second')).toEqual([]);
  // Its wish went with it.
  expect(leases().filter((name) => name.startsWith('wait'))).toEqual([]);
  open(first);
  await holder.ended;
});

test('--timeout ends the waiting; a finished study waits for nothing', async () => {
  const { sweep, start, run, starts } = machine();
  const done = sweep('done', { parameters: { x: [1] } });
  open(done);
  await run(done);
  const first = sweep('first', { parameters: { x: [1, 2] } });
  const holder = start(first);
  await until(() => starts('first').length === 2);
  expect(await run(sweep('second'), '--timeout', '1s')).toMatchObject({ code: 0 });
  expect(starts('second')).toEqual([]);
  expect((await run(done, '--timeout', '10s')).stdout).toContain('study done is finished');
  open(first);
  await holder.ended;
});

test('kill -9: a trainer that keeps running keeps its GPU from others until it ends', async () => {
  const { sweep, start, run, starts, events } = machine();
  const first = sweep('first', { parameters: { x: [1, 2] } });
  const second = sweep('second', { parameters: { x: [1] } });
  open(second);
  const killed = start(first);
  await until(() => starts('first').length === 2);
  killed.kill('SIGKILL');
  await killed.ended;
  const waiting = start(second);
  await waiting.says(/GPU 0 is held by study first, trial 0 \(its hpo has ended, its trainer runs on\)/);
  await looks();
  expect(starts('second')).toEqual([]);
  expect(trainersIn(first).length).toBeGreaterThan(0);
  open(first);
  expect((await waiting.ended).code).toBe(0);
  expect(mostOnOneGpu(events())).toBe(1);
  // What ended meanwhile is recorded, and nothing runs twice.
  expect((await run(first)).stdout).toContain('study first is finished: 2 complete');
  expect(starts('first')).toHaveLength(2);
});

test('reattached: the lease passes to the next orchestrator, even where its devices differ', async () => {
  const { sweep, start, starts, leases } = machine();
  const first = sweep('first', { parameters: { x: [1, 2] }, devices: [0, 1] });
  const killed = start(first);
  await until(() => starts('first').length === 2);
  killed.kill('SIGKILL');
  await killed.ended;
  const next = start(first, '--devices', '1');
  await next.says(/trial 0 reattached on 0/);
  await next.says(/trial 1 reattached on 1/);
  const own = leases().filter((name) => name.includes(`:${next.child.pid}:`));
  expect(own.map((name) => name.split('~')[1]).sort()).toEqual(['GPU-aaaa', 'GPU-bbbb']);
  open(first);
  expect((await next.ended).code).toBe(0);
  expect(leases()).toEqual([]);
});

test('a suspended orchestrator is not dead: its GPUs stay its own', async () => {
  const { sweep, start, starts } = machine();
  const first = sweep('first', { parameters: { x: [1, 2] } });
  const second = sweep('second', { parameters: { x: [1] } });
  open(second);
  const suspended = start(first);
  await until(() => starts('first').length === 2);
  suspended.kill('SIGSTOP');
  const waiting = start(second);
  await waiting.says(/waiting for a slot/);
  open(first);
  await until(() => trainersIn(first).length === 0);
  await looks();
  expect(starts('second')).toEqual([]);
  suspended.kill('SIGCONT');
  expect((await suspended.ended).code).toBe(0);
  expect((await waiting.ended).code).toBe(0);
});

test('trials that take both GPUs and trials that take one keep out of each other, without a deadlock', async () => {
  const { sweep, start, events, leases } = machine();
  const running = [
    start(sweep('pairs', { parameters: { x: [1, 2, 3] }, gpus_per_trial: 2 }, false)),
    start(sweep('others', { parameters: { x: [1, 2, 3] }, gpus_per_trial: 2, devices: [1, 0] }, false)),
    start(sweep('singles', { parameters: { x: [1, 2, 3, 4] } }, false)),
  ];
  const ended = await Promise.all(running.map((each) => each.ended));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(mostOnOneGpu(events())).toBe(1);
  expect(leases()).toEqual([]);
});

test('leftovers and garbage in the folder hinder nobody', async () => {
  const { sweep, run, env } = machine();
  mkdirSync(env.HPO_LEASE_DIR, { mode: 0o700 });
  const token = '00000000-0000-4000-8000-000000000000';
  for (const gpu of ['GPU-aaaa', 'GPU-bbbb']) {
    writeFileSync(join(env.HPO_LEASE_DIR, `lease~${gpu}~another-boot:1:1~${token}`), 'held\n');
    writeFileSync(join(env.HPO_LEASE_DIR, gpu), Buffer.alloc(100, 255));
  }
  // To read a pipe would be to wait for ever.
  execFileSync('mkfifo', [join(env.HPO_LEASE_DIR, `lease~GPU-aaaa~other-boot:1:1~${token}`)]);
  const cwd = sweep('s');
  open(cwd);
  const { code, stdout } = await run(cwd);
  expect([code, stdout]).toEqual([0, expect.not.stringContaining('waiting')]);
}, 40_000);

test('a folder that goes away while a sweep runs is made again; one that cannot be is no end of the sweep', async () => {
  const { sweep, start, starts, env } = machine();
  for (const study of ['again', 'blocked']) {
    const cwd = sweep(study);
    const running = start(cwd);
    await until(() => starts(study).length === 2);
    rmSync(env.HPO_LEASE_DIR, { recursive: true });
    if (study === 'blocked') writeFileSync(env.HPO_LEASE_DIR, '');
    open(cwd);
    const { code, stdout } = await running.ended;
    expect([code, starts(study).length]).toEqual([0, 3]);
    expect(stdout.match(/warning: GPU leases cannot be kept in/g) ?? []).toHaveLength(
      study === 'blocked' ? 1 : 0,
    );
  }
});

test('where the usual folder cannot be used the sweep runs without leases and says so', () => {
  const file = join(makeProject({ file: '' }), 'file');
  expect(findLeaseDir({ gpus: true }, { dir: file, chosen: false })).toEqual({
    dir: null,
    warning: expect.stringMatching(/file, cannot be used: .*HPO_LEASE_DIR/),
  });
  expect(() => findLeaseDir({ gpus: true }, { dir: file, chosen: true })).toThrow(/cannot be used/);
  expect(findLeaseDir({ gpus: false }, { dir: file, chosen: true })).toEqual({ dir: null, warning: null });
});

test('a folder for leases that cannot be trusted is refused, and CPU slots need none', async () => {
  const home = makeProject({ file: '', 'cfg/sweep.yaml': sweepFile({ devices: 'auto' }) });
  mkdirSync(join(home, 'loose'));
  chmodSync(join(home, 'loose'), 0o777);
  symlinkSync('nowhere', join(home, 'dangling'));
  for (const name of ['file', 'loose', 'dangling', 'file/below']) {
    const env = { PATH: GPU_PATH, HPO_LEASE_DIR: join(home, name) };
    const ran = await runHere(['optimize'], { cwd: home, env });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('error[leases.unusable]') });
    expect(ran.stderr).toContain(env.HPO_LEASE_DIR);
    expect(existsSync(join(home, 'storage'))).toBe(false);
  }
  const env = { PATH: GPU_PATH, HPO_LEASE_DIR: join(home, 'file') };
  expect((await runHere(['optimize', '--devices', 'cpu'], { cwd: home, env })).code).toBe(0);
});
