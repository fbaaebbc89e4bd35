import '@tensorflow/tfjs-backend-cpu';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveRunConfig } from '../../../../src/config/overrides.js';
import { parseLine } from '../../../../src/protocol/metric.js';
import type { Backend } from '../../../../src/trainer/backends/tf.js';
import { loadWasm } from '../../../../src/trainer/backends/wasm/load.js';
import { loadWebgpu } from '../../../../src/trainer/backends/webgpu/load.js';
import { loadMnist } from '../../../../src/trainer/data.js';
import { train, trainOn } from '../../../../src/trainer/train.js';
import { lavapipeEnv } from '../../../support/lavapipe.js';
import { describeWithReal } from '../../../support/real-part.js';

const SMALL = ['data.limit=150', 'epochs=2', 'model.filters=[2, 3]', 'model.dense=8', 'device=webgpu'];
const main = fileURLToPath(new URL('../../../../dist/trainer/main.js', import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const withoutPackages = fixture('without-packages.cjs');
const withoutPackagesInImports = fixture('without-packages.mjs');

async function lines(...overrides: string[]): Promise<string[]> {
  const printed: string[] = [];
  await train(resolveRunConfig({}, [...SMALL, ...overrides]), (line) => printed.push(line));
  return printed;
}

function losses(printed: readonly string[]): number[] {
  return printed.flatMap((line) => {
    const parsed = parseLine(line);
    return parsed.kind === 'metric' ? [Object.fromEntries(parsed.entries).epoch_loss!] : [];
  });
}

describeWithReal('lavapipe', 'training on webgpu', () => {
  beforeAll(() => {
    Object.assign(process.env, lavapipeEnv());
  });

  it('gives the losses of wasm and of plain kernels: one model, one order of images, one arithmetic', async () => {
    const settings = [
      'epochs=1',
      'data.limit=512',
      'batch_size=16',
      'model.filters=[1, 2]',
      'model.dense=8',
      'learner.step_size=0.03',
    ];
    const config = resolveRunConfig({}, settings);
    const data = await loadMnist(config.data);
    const loss = async (backend: Backend) => {
      const printed: string[] = [];
      await trainOn(backend, config, data, (line) => printed.push(line));
      return losses(printed)[0]!;
    };
    const wasm = await loadWasm();
    const byWasm = await loss(wasm);
    await wasm.tf.setBackend('cpu');
    // No choice of the trainer, which is why its name is none; the kernels are loops as one would write them down.
    const byCpu = await loss({ tf: wasm.tf, name: 'cpu' as Backend['name'] });
    const webgpu = await loadWebgpu();
    const byWebgpu = await loss(webgpu).finally(() => webgpu.close?.());
    // It has learned: a guess has 2.3.
    expect(byCpu).toBeLessThan(2);
    expect(Math.abs(byWebgpu / byCpu - 1)).toBeLessThan(0.01);
    expect(Math.abs(byWasm / byCpu - 1)).toBeLessThan(0.01);
  }, 120_000);

  it('names the device, and prints the same lines for the same seed, on a new device each time', async () => {
    const first = await lines('seed=7', 'epochs=1');
    expect(first[0]).toContain('on webgpu: 150 training images');
    expect(first[1]).toMatch(/^webgpu computes on .*llvmpipe/);
    expect(await lines('seed=7', 'epochs=1')).toEqual(first);
  }, 60_000);

  it('resumes from a checkpoint and reaches the same values, bit for bit', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hpo-webgpu-'));
    const metrics = (printed: readonly string[]) => printed.filter((line) => line.startsWith('METRIC'));
    const few = [...SMALL, 'data.limit=100'];
    const whole = metrics(await lines('data.limit=100', 'epochs=2'));
    await train(resolveRunConfig({}, [...few, 'epochs=1']), () => {}, undefined, folder);
    const rest: string[] = [];
    await train(resolveRunConfig({}, [...few, 'epochs=2']), (line) => rest.push(line), undefined, folder);
    await rm(folder, { recursive: true });
    expect(rest).toContainEqual(expect.stringContaining('resuming after epoch 1'));
    expect(metrics(rest)).toEqual(whole);
  }, 60_000);

  it('reports a diverged run as nan and ends it', async () => {
    const printed = await lines('learner.opt=sgd', 'learner.step_size=1e30', 'epochs=9');
    expect(losses(printed)).toEqual([Number.NaN, Number.NaN]);
  });

  it('ends with the reason of an abort', async () => {
    const abort = new AbortController();
    const config = resolveRunConfig({}, [...SMALL, 'epochs=1000']);
    const stop = (line: string) => {
      if (line.includes('epoch=1 ')) abort.abort(new Error('enough'));
    };
    await expect(train(config, stop, abort.signal)).rejects.toThrow('enough');
  });

  it('tells what the device refused, and measures no model that never learned', async () => {
    // lavapipe binds up to 128 MiB, and the first layer has 140 of outputs: WebGPU throws nothing and computes nothing.
    const wide = resolveRunConfig({}, [
      'device=webgpu',
      'data.limit=700',
      'batch_size=700',
      'model.filters=[64, 1]',
    ]);
    const printed: string[] = [];
    await expect(train(wide, (line) => printed.push(line))).rejects.toMatchObject({
      code: 'trainer.device-failed',
      fix: expect.stringContaining('lower batch_size'),
    });
    expect(losses(printed)).toEqual([]);
  });

  describe('as a program', () => {
    const QUICK = ['data.limit=50', 'epochs=1', 'model.filters=[2, 2]', 'model.dense=4', 'device=webgpu'];
    type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

    type More = { env?: NodeJS.ProcessEnv; killOn?: string; nodeArgs?: string[] };
    function run(args: string[], more: More = {}) {
      return new Promise<Ended>((resolve, reject) => {
        const child = spawn(process.execPath, [...(more.nodeArgs ?? []), main, ...args], {
          env: { ...process.env, ...lavapipeEnv(), ...more.env },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let [stdout, stderr] = ['', ''];
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
          if (more.killOn !== undefined && stdout.includes(more.killOn)) child.kill('SIGTERM');
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
        });
        child.on('error', reject);
        child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
      });
    }

    it('ends by itself when the run is over', async () => {
      const { code, stdout } = await run(QUICK);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^METRIC epoch_loss=[\d.]+ epoch_accuracy=[\d.]+\n$/m);
    });

    it('ends on SIGTERM between steps', async () => {
      const { code, signal } = await run([...QUICK, 'epochs=100000'], { killOn: 'METRIC epoch=1 ' });
      expect([code, signal]).toEqual([null, 'SIGTERM']);
    });

    it('is not taken by auto when only a CPU plays the GPU', async () => {
      const { stdout } = await run([...QUICK, 'device=auto']);
      expect(stdout).toMatch(/on (wasm|tfjs-node): /);
    });

    it('is no GPU for those who demand one when only a CPU plays it', async () => {
      const { code, stderr } = await run([...QUICK, 'device=gpu']);
      expect(code).toBe(2);
      expect(stderr).toMatch(/error\[trainer\.no-gpu\]: .*only .*llvmpipe.*, which computes on the CPU/);
    });

    it('is not even loaded by auto in a CPU slot', async () => {
      const tellsAddons =
        'const load = process.dlopen; process.dlopen = (module, file, ...rest) => {' +
        ' console.error(file); return load.call(process, module, file, ...rest); };';
      const withSlot = (slot: NodeJS.ProcessEnv) =>
        run([...QUICK, 'device=auto'], {
          nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(tellsAddons)}`],
          env: slot,
        });
      expect((await withSlot({ CUDA_VISIBLE_DEVICES: '0' })).stderr).toContain('dawn.node');
      expect((await withSlot({ CUDA_VISIBLE_DEVICES: '' })).stderr).not.toContain('dawn.node');
    });

    it.each(['webgpu', '@tensorflow/tfjs-backend-webgpu'])(
      'says what to install without %s',
      async (hidden) => {
        const { code, stderr } = await run(QUICK, {
          nodeArgs: ['--require', withoutPackages, '--import', withoutPackagesInImports],
          env: { WITHOUT_PACKAGES: hidden },
        });
        expect(code).toBe(2);
        expect(stderr).toContain('error[trainer.missing-package]: device is webgpu, but webgpu needs');
        expect(stderr).toContain('fix: npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0');
      },
    );

    it('says so when no Vulkan driver answers', async () => {
      const { code, stderr } = await run(QUICK, { env: { VK_DRIVER_FILES: '/does/not/exist.json' } });
      expect(code).toBe(2);
      expect(stderr).toContain('error[trainer.no-gpu]: webgpu found no GPU: no Vulkan driver answers');
    });
  });
});
