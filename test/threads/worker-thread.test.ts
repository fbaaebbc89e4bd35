import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { ComputingApart } from '../../src/threads/apart.js';
import type { StartThread } from '../../src/threads/thread.js';
import { startWorkerThread } from '../../src/threads/worker-thread.js';
import { config, loadSampler, viewOf } from '../samplers/support.js';
import { programOf } from '../support/program.js';
import { counting, NO_PATIENCE } from './support.js';

const space = makeSpace([{ name: 'x', distribution: float(0, 1) }]);
const parts = { sampler: { name: 'gp', options: {} }, scheduler: null, terminator: null };
const ofLength = (length: number) =>
  viewOf(Array.from({ length }, (_, k) => config(k, { x: k / length }, { value: Math.cos(k) })));
const at = (index: number) => ({ index, rng: makeRng(1, index) });

/** Warnings of this process while the test runs. */
function warnings(): string[] {
  const seen: string[] = [];
  const spy = vi.spyOn(process, 'emitWarning').mockImplementation((text) => void seen.push(String(text)));
  onTestFinished(() => spy.mockRestore());
  return seen;
}

async function gpApart(start: StartThread) {
  const counts = { computed: 0, returned: 0 };
  const apart = new ComputingApart(parts, { start: counting(counts, start), patience: NO_PATIENCE });
  onTestFinished(() => apart.close());
  return { apart, counts, gp: await loadSampler('gp'), sampler: apart.sampler(await loadSampler('gp')) };
}

test('a thread without enough memory is replaced by computing in place, with one warning', async () => {
  const seen = warnings();
  const { gp, sampler, counts } = await gpApart((all) =>
    startWorkerThread(all, { maxOldGenerationSizeMb: 6, maxYoungGenerationSizeMb: 1 }),
  );
  // The copy of the second view alone is larger than the memory.
  const views = [20, 12_000, 21, 22].map(ofLength);
  const proposals = await Promise.all(views.map((view, k) => sampler.sample(space, view, at(k))));
  expect(proposals).toEqual(views.map((view, k) => gp.sample(space, view, at(k))));
  expect(counts.returned).toBeGreaterThanOrEqual(3);
  expect(counts.computed + counts.returned).toBe(4);
  expect(seen).toEqual([expect.stringMatching(/^the thread of a study ended: .*memory/)]);
});

test('what cannot be sent is computed in place', async () => {
  const seen = warnings();
  const { gp, sampler, counts } = await gpApart(startWorkerThread);
  const odd = { ...config(3, { x: 0.5 }, { value: 1 }), attrs: { f: () => 1 } as never };
  const view = viewOf([...ofLength(20).configs, odd]);
  expect(await sampler.sample(space, view, at(1))).toEqual(gp.sample(space, view, at(1)));
  expect(await sampler.sample(space, ofLength(9), at(2))).toEqual(gp.sample(space, ofLength(9), at(2)));
  expect(counts).toEqual({ computed: 0, returned: 2 });
  expect(seen).toHaveLength(1);
});

test('what a component throws comes from computing in place, and the thread lives on', async () => {
  const seen = warnings();
  const { apart, counts } = await gpApart(startWorkerThread);
  const thrown = new RangeError('no such thing');
  const terminator = apart.terminator({
    decide: () => {
      throw thrown;
    },
  });
  // The thread has no terminator, so it throws too.
  await expect(terminator.decide(space, ofLength(3), at(1))).rejects.toBe(thrown);
  expect(await apart.sampler(await loadSampler('gp')).sample(space, ofLength(12), at(1))).toHaveProperty(
    'params',
  );
  expect(counts).toEqual({ computed: 1, returned: 1 });
  expect(seen).toEqual([]);
});

test('tasks that a thread rehearses are computed in place, with the same proposals', async () => {
  const seen = warnings();
  const counts = { computed: 0, returned: 0 };
  const patience = {
    ...NO_PATIENCE,
    mostMs: Number.POSITIVE_INFINITY,
    startingMs: Number.POSITIVE_INFINITY,
    rehearsals: 2,
  };
  const apart = new ComputingApart(parts, { start: counting(counts), patience });
  onTestFinished(() => apart.close());
  const gp = await loadSampler('gp');
  const sampler = apart.sampler(gp);
  let asked = 0;
  for (; counts.computed < 2; asked++) {
    const view = ofLength(12 + (asked % 9));
    expect(await sampler.sample(space, view, at(asked))).toEqual(gp.sample(space, view, at(asked)));
  }
  expect(asked).toBeGreaterThan(2);
  expect(counts.returned).toBe(0);
  expect(seen).toEqual([]);
});

test('after it is closed, everything is computed in place', async () => {
  const seen = warnings();
  const { apart, gp, sampler, counts } = await gpApart(startWorkerThread);
  const view = ofLength(15);
  const pending = sampler.sample(space, view, at(0));
  await apart.close();
  expect(await pending).toEqual(gp.sample(space, view, at(0)));
  expect(await sampler.sample(space, view, at(1))).toEqual(gp.sample(space, view, at(1)));
  expect(counts.computed).toBeLessThan(2);
  expect(seen).toEqual([]);
});

const PROGRAM = new URL('../fixtures/threads/search.ts', import.meta.url);
const run = ({ flags = [], args = [] }: { readonly flags?: string[]; readonly args?: string[] } = {}) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, programOf(PROGRAM), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const [first = '', asked] = stdout.split('\n');
  return { status, stderr, ...(JSON.parse(first) as { workers: number; tried: unknown[] }), asked };
};

test('a program that does not close its study ends, and one that may not start threads proposes the same', () => {
  const ordinary = run();
  expect(ordinary).toMatchObject({ status: 0, stderr: '', workers: 1 });
  expect(ordinary.tried).toHaveLength(16);
  expect(ordinary.asked).toContain('"x"');
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const restricted = run({ flags: [flag, '--allow-fs-read=*'] });
  expect(restricted.stderr).not.toContain('hpo');
  expect(restricted).toMatchObject({ ...ordinary, workers: 0, stderr: restricted.stderr });
});

test('a program that ends while its thread still rehearses ends, with the same proposals', () => {
  const { tried, asked } = run();
  // How far its thread comes is a matter of chance.
  for (let k = 0; k < 4; k++)
    expect(run({ args: ['rehearsing'] })).toEqual({ status: 0, stderr: '', workers: 1, tried, asked });
});
