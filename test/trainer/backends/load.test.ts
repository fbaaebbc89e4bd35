import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../../src/config/run-config.js';
import { HpoError } from '../../../src/core/errors.js';
import { parseLine } from '../../../src/protocol/metric.js';
import { loadBackend } from '../../../src/trainer/backends/load.js';
import { type BackendEntry, backends } from '../../../src/trainer/backends/registry.js';
import type { Backend, Tf } from '../../../src/trainer/backends/tf.js';

const tf = {} as Tf;
const absent = (name: string) =>
  new HpoError('trainer.missing-package', `${name} is not installed`, { fix: `npm install ${name}` });

/** The registry, each of which works, or throws this; webgpu is not installed unless it is named. */
function registry(given: Partial<Record<Backend['name'], unknown>>, onCpu?: string): BackendEntry[] {
  const thrown = { webgpu: absent('webgpu'), ...given };
  return backends.map((entry) => ({
    ...entry,
    load: async () => {
      if (entry.name in thrown) throw thrown[entry.name];
      return { tf, name: entry.name, ...(entry.kind === 'gpu' && onCpu !== undefined && { onCpu }) };
    },
  }));
}

async function load(device: RunConfig['device'], entries: readonly BackendEntry[]) {
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
        expect.stringMatching(/^note: using wasm; tfjs-node-gpu: .+; tfjs-node: [^\n]+$/),
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

  it('takes webgpu before the CPU, but not by auto in a CPU slot', async () => {
    const entries = backends.map((entry) => ({
      ...entry,
      load: async () => {
        if (entry.name === 'tfjs-node-gpu') throw absent(entry.name);
        return { tf, name: entry.name };
      },
    }));
    const slot = process.env.CUDA_VISIBLE_DEVICES;
    try {
      for (const [visible, byAuto] of [
        ['0', 'webgpu'],
        ['', 'tfjs-node'],
      ]) {
        process.env.CUDA_VISIBLE_DEVICES = visible;
        expect(await load('auto', entries)).toEqual({ name: byAuto, told: [] });
        expect(await load('gpu', entries)).toEqual({ name: 'webgpu', told: [] });
        expect(await load('webgpu', entries)).toEqual({ name: 'webgpu', told: [] });
      }
    } finally {
      if (slot === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
      else process.env.CUDA_VISIBLE_DEVICES = slot;
    }
  });

  it('takes the backend that is named alone, tells it so, and gives its own reason', async () => {
    const named: unknown[] = [];
    const entries = registry({ wasm: new HpoError('a.b', 'no SIMD') }).map((entry) => ({
      ...entry,
      load: (byName?: boolean) => {
        named.push([entry.name, byName]);
        return entry.load();
      },
    }));
    expect(await load('tfjs-node', entries)).toEqual({ name: 'tfjs-node', told: [] });
    await expect(load('wasm', entries)).rejects.toThrow('no SIMD');
    await expect(load('webgpu', entries)).rejects.toMatchObject({
      code: 'trainer.missing-package',
      usage: true,
      message: 'device is webgpu, but webgpu is not installed',
      fix: 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0, or set device=auto',
    });
    expect(named).toEqual([
      ['tfjs-node', true],
      ['wasm', true],
      ['webgpu', true],
    ]);
  });
});
