import { describe, expect, it } from 'vitest';
import { HpoError } from '../../../src/core/errors.js';
import { parseLine } from '../../../src/protocol/metric.js';
import { loadBackend } from '../../../src/trainer/backends/load.js';
import { type BackendEntry, backends } from '../../../src/trainer/backends/registry.js';
import type { Backend, Tf } from '../../../src/trainer/backends/tf.js';

const tf = {} as Tf;
const absent = (name: string) =>
  new HpoError('trainer.missing-package', `${name} is not installed`, { fix: `npm install ${name}` });

/** A registry of the three, each of which works, or throws this. */
function registry(thrown: Partial<Record<Backend['name'], unknown>>, onCpu?: string): BackendEntry[] {
  return backends.map((entry) => ({
    ...entry,
    load: async () => {
      if (entry.name in thrown) throw thrown[entry.name];
      return { tf, name: entry.name, ...(entry.kind === 'gpu' && onCpu !== undefined && { onCpu }) };
    },
  }));
}

async function load(device: 'auto' | 'cpu' | 'gpu', entries: readonly BackendEntry[]) {
  const told: string[] = [];
  const { name } = await loadBackend(device, (line) => told.push(line), entries);
  return { name, told };
}

describe('loadBackend', () => {
  it.each([
    ['auto', 'tfjs-node-gpu'],
    ['gpu', 'tfjs-node-gpu'],
    ['cpu', 'tfjs-node'],
  ] as const)('takes the best that device=%s allows and says nothing', async (device, name) => {
    expect(await load(device, registry({}))).toEqual({ name, told: [] });
  });

  it('passes over what is not installed in silence', async () => {
    const entries = registry({ 'tfjs-node-gpu': absent('a'), 'tfjs-node': absent('b') });
    expect(await load('auto', entries)).toEqual({ name: 'wasm', told: [] });
  });

  it('tells of what is broken in one line that is no METRIC line, whatever was thrown', async () => {
    for (const thrown of [
      new Error('a\nMETRIC loss=0'),
      'METRIC loss=0\nMETRIC loss=1',
      undefined,
      Object.create(null),
    ]) {
      const { name, told } = await load('auto', registry({ 'tfjs-node-gpu': thrown, 'tfjs-node': thrown }));
      expect(name).toBe('wasm');
      expect(told).toEqual([
        expect.stringMatching(/^note: wasm is used; tfjs-node-gpu: .+; tfjs-node: [^\n]+$/),
      ]);
      expect(parseLine(told[0] ?? '').kind).toBe('log');
    }
  });

  it('takes a GPU backend that finds no GPU where the CPU is allowed, and says so', async () => {
    expect(await load('auto', registry({}, 'no GPU found'))).toEqual({
      name: 'tfjs-node-gpu',
      told: [expect.stringContaining('tfjs-node-gpu: no GPU found')],
    });
    await expect(load('gpu', registry({}, 'no GPU found'))).rejects.toMatchObject({
      code: 'trainer.no-gpu',
      usage: true,
      message: expect.stringContaining('tfjs-node-gpu: no GPU found'),
    });
  });

  it('refuses device=gpu with each candidate, why it is not there and what to do', async () => {
    const [gpu] = registry({ 'tfjs-node-gpu': absent('@tensorflow/tfjs-node-gpu') });
    const [other] = registry({
      'tfjs-node-gpu': new HpoError('x.y', 'no driver', { fix: 'install a driver' }),
    });
    const entries = [gpu, other].filter((entry) => entry !== undefined);
    await expect(load('gpu', entries)).rejects.toMatchObject({
      code: 'trainer.no-gpu',
      message: expect.stringContaining(
        '@tensorflow/tfjs-node-gpu is not installed; tfjs-node-gpu: no driver',
      ),
      fix: 'install a driver, or npm install @tensorflow/tfjs-node-gpu@4.22.0, or set device=auto or device=cpu',
    });
  });

  it('names every one when none works, and asks for an install when none is there', async () => {
    const names: Backend['name'][] = ['tfjs-node-gpu', 'tfjs-node', 'wasm'];
    const none = Object.fromEntries(names.map((name) => [name, absent(name)]));
    await expect(load('auto', registry(none))).rejects.toMatchObject({ code: 'trainer.missing-package' });
    const broken = { ...none, wasm: new Error('no SIMD') };
    await expect(load('cpu', registry(broken))).rejects.toMatchObject({
      code: 'trainer.no-backend',
      message: expect.stringMatching(/tfjs-node is not installed; wasm: no SIMD$/),
    });
  });
});
