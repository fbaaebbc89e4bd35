import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeWandb, type Fault, readRow, type ServerRun } from '../loggers/wandb/fixtures/server.js';
import { linesOf, makeSweep, runHere, runHpo, spawnHpo, tree, until, writeFiles } from '../support/cli.js';

const wandb = (more: Record<string, unknown> = {}) => ({ logging: { wandb: { project: 'p', ...more } } });
const steps = (run: ServerRun | undefined) => run?.history.map((row) => readRow(row)._step);
const losses = (run: ServerRun | undefined) => run?.history.map((row) => readRow(row).loss);
const summary = (run: ServerRun | undefined) => JSON.parse(String(run?.summary)) as Record<string, unknown>;
/** Where what is owed lies. */
const owed = (cwd: string) => existsSync(join(cwd, 'outputs/s/.wandb'));

test('a sweep becomes one run for each trial, with its parameters, rows, summary and end', async () => {
  const server = await FakeWandb.start();
  const cwd = makeSweep({
    ...wandb({
      name: '${study}-${trial}-${x}-${when}',
      group: 'g-${study}',
      tags: ['a', 'x=${x}', '${when}'],
      notes: 'n ${seed}',
      job_type: 'j',
    }),
    parameters: { x: [1, 2, 3], when: { values: ['y'], when: { x: [1] } } },
    seeds: [7],
  });
  const { code, stderr } = await runHere(['optimize'], { cwd, env: server.env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(server.mistakes).toEqual([]);
  const runs = server.byName();
  expect(Object.keys(runs)).toEqual(['s-0-1-y', 's-1-2-', 's-2-3-']);
  expect(runs['s-0-1-y']?.upserts[0]).toMatchObject({
    project: 'p',
    entity: 'me',
    groupName: 'g-s',
    tags: ['a', 'x=1', 'y'],
    notes: 'n 7',
    jobType: 'j',
  });
  const hpo = { study: 's', trial: 1, attempt: 1, configuration: 1, repeat: 0, device: 'cpu' };
  const config = JSON.parse(String(runs['s-1-2-']?.upserts[0]?.config)) as Record<string, unknown>;
  expect(config).toEqual({ x: { value: 2 }, seed: { value: 7 }, hpo: { value: hpo } });
  const run = runs['s-1-2-'];
  expect(steps(run)).toEqual([1, 2]);
  expect(losses(run)).toEqual([9, 2]);
  expect(run?.exitcode).toBe(0);
  expect(summary(run)).toMatchObject({ loss: 2, hpo_state: 'COMPLETE', hpo_value: 2, hpo_feasible: true });
  expect(owed(cwd)).toBe(false);
});

test('twenty trials while the server answers one request in three with a fault: every row once, in order', async () => {
  const server = await FakeWandb.start();
  const faults: readonly Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
    { kind: 'reset-late' },
    { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
    { kind: 'status-late', status: 502 },
    { kind: 'slow', ms: 300 },
  ];
  server.fault = (number) =>
    number % 3 === 2 ? (faults[Math.floor(number / 3) % faults.length] ?? null) : null;
  const cwd = makeSweep({
    ...wandb(),
    trainer: 'steps.sh',
    parameters: { x: [...Array(20).keys()] },
    max_concurrent: 4,
  });
  const { code } = await runHere(['optimize'], { cwd, env: server.env });
  expect(code).toBe(0);
  expect(server.mistakes).toEqual([]);
  expect(server.runs.size).toBe(20);
  for (const [name, run] of Object.entries(server.byName())) {
    const x = Number(name.slice(2));
    expect(steps(run)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(losses(run)).toEqual([...Array(9).fill(9), x]);
    expect(run.exitcode).toBe(0);
    expect(summary(run)).toMatchObject({ loss: x, hpo_state: 'COMPLETE', hpo_value: x });
  }
  expect(owed(cwd)).toBe(false);
});

test('kill -9, then the next call: the same runs continue, no row is doubled or lost', async () => {
  const server = await FakeWandb.start();
  const cwd = makeSweep({ ...wandb(), trainer: 'ticks.sh', parameters: { x: [1, 2, 3] } });
  const running = spawnHpo(['optimize'], { cwd, env: server.env });
  await until(() => [...server.runs.values()].filter((run) => run.history.length > 0).length === 2);
  running.kill('SIGKILL');
  await running.ended;
  expect(owed(cwd)).toBe(true);
  const before = [...server.runs.values()].map((run) => run.history.length);
  const next = spawnHpo(['optimize'], { cwd, env: server.env });
  await next.says(/trial 1 reattached/);
  writeFiles(cwd, { go: '' });
  expect((await next.ended).code).toBe(0);
  expect(server.mistakes).toEqual([]);
  expect(server.runs.size).toBe(3);
  // One that begins when all is over tells its last value alone, which then is its first step.
  const told = (trial: number) => Math.max(1, linesOf(cwd, `outputs/s/trial-0000${trial}.log`).length - 1);
  for (const [name, run] of Object.entries(server.byName())) {
    const trial = Number(name.slice(2));
    expect(steps(run)).toEqual(Array.from({ length: told(trial) }, (_, k) => k + 1));
    expect(run.exitcode).toBe(0);
    expect(summary(run)).toMatchObject({ loss: trial + 1, hpo_value: trial + 1 });
  }
  expect(Math.min(...before)).toBeGreaterThan(0);
  expect(owed(cwd)).toBe(false);
});

test('what ended while nobody watched is delivered by the next call', async () => {
  const server = await FakeWandb.start();
  const cwd = makeSweep({ ...wandb(), trainer: 'gate.sh', parameters: { x: [1, 2] } });
  const running = spawnHpo(['optimize'], { cwd, env: server.env });
  await until(() => server.runs.size === 2);
  await running.says(/trial 1 step 1/);
  running.kill('SIGKILL');
  await running.ended;
  writeFiles(cwd, { go: '' });
  await until(() => linesOf(cwd, 'events').filter((line) => line.startsWith('end')).length === 2);
  const { code } = await runHere(['optimize'], { cwd, env: server.env });
  expect(code).toBe(0);
  expect(server.mistakes).toEqual([]);
  const runs = server.byName();
  expect(Object.values(runs).map((run) => [losses(run), run.exitcode])).toEqual([
    [[5, 1], 0],
    [[5, 2], 0],
  ]);
});

test('a rejected login is reported once, the sweep continues, and the next call delivers the pending rows', async () => {
  const server = await FakeWandb.start();
  const cwd = makeSweep({ ...wandb(), trainer: 'steps.sh', parameters: { x: [1, 2, 3, 4] } });
  const key = 'a-secret-that-nobody-may-see';
  // Of a process that lives, no other call takes what is owed.
  const first = await runHpo(['optimize'], { cwd, env: { ...server.env, WANDB_API_KEY: key } });
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('study s is finished: 4 complete');
  expect(first.stdout.match(/hpo stops sending to W&B: .*HTTP 401/g)).toHaveLength(1);
  expect(first.stdout).toMatch(/W&B: 4 runs with 40 rows not delivered \(.*401.*\); they are kept in/);
  const seen = JSON.stringify([first, tree(cwd)]);
  expect(seen).not.toContain(key);
  expect(seen).not.toContain(Buffer.from(`api:${key}`).toString('base64'));
  expect(server.runs.size).toBe(0);
  const second = await runHere(['optimize'], { cwd, env: server.env });
  expect(second.code).toBe(0);
  expect(server.mistakes).toEqual([]);
  for (const run of Object.values(server.byName()))
    expect([steps(run), run.exitcode]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0]);
  expect(server.runs.size).toBe(4);
  expect(owed(cwd)).toBe(false);
});

test('a server that is not there neither slows nor ends a sweep; Ctrl-C ends the waiting', async () => {
  const gone = await FakeWandb.start();
  const { env, port } = gone;
  gone.stop();
  const cwd = makeSweep(wandb());
  const running = spawnHpo(['optimize'], { cwd, env });
  await running.says(/W&B: waiting for 3 runs with 6 rows, at most 30 s/);
  running.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).toContain('3 complete');
  expect(stdout).toMatch(/W&B: 3 runs with 6 rows not delivered \(ECONNREFUSED\); they are kept in/);
  const server = await FakeWandb.start({ port });
  expect((await runHere(['optimize'], { cwd, env })).code).toBe(0);
  expect(server.mistakes).toEqual([]);
  expect(Object.values(server.byName()).map(losses)).toEqual([
    [9, 1],
    [9, 2],
    [9, 3],
  ]);
});

test('an attempt that is tried again is a run of its own; failures end as failed', async () => {
  const server = await FakeWandb.start();
  const cwd = makeSweep({
    ...wandb({ name: '${trial}.${attempt}' }),
    trainer: 'crash.sh',
    retries: 1,
    max_concurrent: 1,
  });
  await runHere(['optimize'], { cwd, env: server.env });
  expect(server.mistakes).toEqual([]);
  const states = Object.entries(server.byName()).map(([name, run]) => [
    name,
    run.exitcode,
    summary(run).hpo_state,
    String(summary(run).hpo_reason).slice(0, 5),
  ]);
  expect(states.slice(0, 2)).toEqual([
    ['0.1', 1, 'QUEUED', 'retry'],
    ['0.2', 1, 'FAIL', expect.any(String)],
  ]);
});

test.each([
  ['neither flag nor section', [], {}, {}],
  ['enabled: false', [], { enabled: false }, {}],
  ['--wandb disabled', ['--wandb', 'disabled'], { mode: 'online' }, {}],
  ['WANDB_MODE=disabled', [], { mode: 'online' }, { WANDB_MODE: 'disabled' }],
] as const)('nothing is sent with %s', async (what, args, section, env) => {
  const server = await FakeWandb.start();
  const cwd = makeSweep(what === 'neither flag nor section' ? {} : wandb(section));
  expect((await runHere(['optimize', ...args], { cwd, env: { ...server.env, ...env } })).code).toBe(0);
  expect(server.requests).toEqual([]);
  expect(readdirSync(cwd).sort()).toEqual(
    ['cfg', 'leases', 'outputs', 'storage'].filter((name) => existsSync(join(cwd, name))),
  );
});

test('without a key the sweep is not begun, and nothing is written', async () => {
  const cwd = makeSweep();
  const env = { WANDB_BASE_URL: 'http://127.0.0.1:9', WANDB_API_KEY: '', HOME: cwd, NETRC: '' };
  const ran = await runHere(['optimize', '--wandb', 'online'], { cwd, env });
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('error[wandb.no-key]: expected an API key of W&B for 127.0.0.1, got none');
  expect(readdirSync(cwd)).toEqual(['cfg']);
});
