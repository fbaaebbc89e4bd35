import { expect, test } from 'vitest';
import {
  fixture,
  linesOf,
  makeProject,
  makeSweep,
  runHere,
  spawnHpo,
  until,
  writeFiles,
} from '../support/cli.js';
import { type StandInGpu, soon, standIn } from '../support/gpus.js';

/** MiB of 40 GiB. */
const free: StandInGpu = { used: 1024, free: 39_936 };
const full: StandInGpu = { used: 38_912, free: 2048 };
const dark: StandInGpu = { util: null, used: null, free: null };

/** A sweep of three trials that ask for 4 GiB, on a machine with these GPUs. */
function machine(gpus: readonly StandInGpu[], more: Record<string, unknown> = {}, gated = false) {
  const smi = standIn(gpus);
  const home = makeProject();
  const trainer = {
    command: ['sh', fixture('pinned.sh')],
    env: { EVENTS: `${home}/events`, GATED: gated ? '1' : '' },
  };
  const cwd = makeSweep({
    trainer,
    devices: 'auto',
    max_concurrent: null,
    min_free_memory: '4GiB',
    ...more,
  });
  const args = (...rest: readonly string[]) => ['optimize', ...rest];
  return {
    smi,
    cwd,
    run: (...rest: string[]) => runHere(args(...rest), { cwd, env: smi.env }),
    start: (...rest: string[]) => spawnHpo(args(...rest), { cwd, env: smi.env }),
    /** The GPU of each trial, in the order of their starts. */
    used: () =>
      linesOf(home, 'events').flatMap((line) => (line.startsWith('start') ? (line.split(' ')[1] ?? []) : [])),
  };
}

test('a busy GPU is left out: every trial runs on the other one', async () => {
  const { run, used } = machine([full, free]);
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout.match(/left out until/g)).toHaveLength(1);
  expect(stdout).toContain(
    'left out until min_free_memory is free: GPU 0 (38.0 of 40.0 GiB used, 2.0 GiB free)\n',
  );
  expect(used()).toEqual(['GPU-1x', 'GPU-1x', 'GPU-1x']);
});

test('GPUs that were named are asked for memory as well, and --min-free-memory stands for the key', async () => {
  const named = machine([full, free], { devices: [0, 1] });
  expect((await named.run()).code).toBe(0);
  expect(new Set(named.used())).toEqual(new Set(['GPU-1x']));
  const lower = machine([full, free]);
  expect((await lower.run('--min-free-memory', '1GiB')).code).toBe(0);
  expect(new Set(lower.used())).toEqual(new Set(['GPU-0x', 'GPU-1x']));
});

test('while all are busy the sweep waits and says so once; it continues when one is free', async () => {
  const { smi, start, used } = machine([full, full]);
  const running = start();
  await running.says(/left out until .*GPU 0 .*; GPU 1 /);
  expect(used()).toEqual([]);
  smi.set([full, free]);
  const { code, stdout } = await running.ended;
  expect([code, stdout.match(/left out until/g)]).toEqual([0, [expect.any(String)]]);
  expect(used()).toEqual(['GPU-1x', 'GPU-1x', 'GPU-1x']);
  // It looks every few seconds, however often it could start a trial.
  expect(smi.calls().filter((call) => call.includes('memory.free')).length).toBeLessThan(10);
});

test('Ctrl-C ends the waiting', async () => {
  const { start, used } = machine([full]);
  const running = start();
  await running.says(/left out until/);
  running.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).toContain('(no trial was started)');
  expect(used()).toEqual([]);
});

test('trials that start at once on one GPU go by one look', async () => {
  const { smi, start, used, cwd } = machine([free], { slots_per_device: 3 }, true);
  const running = start();
  await until(() => used().length === 3);
  writeFiles(cwd, { go: '' });
  expect((await running.ended).code).toBe(0);
  expect(used()).toEqual(['GPU-0x', 'GPU-0x', 'GPU-0x']);
  // A look at the use of GPUs asks for processes too, unless the sweep ends meanwhile; all others are for launches.
  const [gpus, processes] = ['memory.free', 'compute-apps'].map(
    (what) => smi.calls().filter((call) => call.includes(what)).length,
  ) as [number, number];
  expect(gpus - processes).toBeLessThanOrEqual(2);
});

test('memory that is not known counts as free, and that is said once', async () => {
  const { run, used } = machine([dark, full]);
  const { code, stdout } = await run();
  expect(code).toBe(0);
  expect(stdout.match(/does not report the free memory of GPU 0/g)).toHaveLength(1);
  expect(new Set(used())).toEqual(new Set(['GPU-0x']));
});

test.each(['fail', 'hang'] as const)(
  'an nvidia-smi that begins to %s while a sweep runs is no end of it',
  async (mode) => {
    const { smi, start, used, cwd } = machine([free], { slots_per_device: 2 }, true);
    const running = start();
    await until(() => used().length === 2);
    smi.mode(mode);
    // Looked at again while trials run.
    const before = smi.calls().length;
    await soon(() => expect(smi.calls().length).toBeGreaterThan(before));
    writeFiles(cwd, { go: '' });
    expect((await running.ended).code).toBe(0);
    expect(used()).toHaveLength(3);
  },
);

test('--dry-run shows which GPUs are left out and why', async () => {
  const { run, smi } = machine([full, free]);
  const { code, stdout } = await run('--dry-run');
  expect(code).toBe(0);
  expect(stdout).toContain(
    'left out until min_free_memory is free: GPU 0 (38.0 of 40.0 GiB used, 2.0 GiB free)\n',
  );
  expect(stdout.match(/^trial \d on 1: /gm)).toHaveLength(3);
  const json = JSON.parse((await run('--dry-run', '--json')).stdout);
  expect(json.busy).toEqual([{ device: '0', freeMiB: 2048, usedMiB: 38_912, totalMiB: 40_960 }]);
  smi.set([full, full]);
  const all = await run('--dry-run');
  expect(all.stdout.match(/left out until/g)).toHaveLength(2);
  expect(all.stdout.match(/^trial \d on [01]: /gm)).toHaveLength(3);
  smi.set([dark, free]);
  const unknown = await run('--dry-run');
  expect(unknown.stderr).toContain('does not report the free memory of GPU 0');
});

test('more than any GPU has in all is refused; a bad size too', async () => {
  const { run } = machine([free, dark, full], { devices: [0, 2] });
  expect(await run('--min-free-memory', '48GiB')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'error[devices.too-small]: min_free_memory is 48GiB, but no GPU has more than 40960 MiB in all',
    ),
  });
  expect((await run('--min-free-memory', 'much')).code).toBe(2);
});

test('without min_free_memory auto warns of GPUs that others evidently use, but not of our own trials', async () => {
  const warning = /warning: other programs use memory of GPU 0 \(38912 of 40960 MiB\); min_free_memory/;
  const { run, start, used, cwd } = machine([full, free], { min_free_memory: null }, true);
  expect((await run('--dry-run')).stderr).toMatch(warning);
  expect((await run('--dry-run', '--devices', '0,1')).stderr).toBe('');
  const running = start();
  await running.says(warning);
  await until(() => used().length === 2);
  // The GPU is leased now: it is a sweep of ours that uses it.
  expect((await run('--dry-run')).stderr).toBe('');
  writeFiles(cwd, { go: '' });
  expect((await running.ended).code).toBe(0);
});
