import { createRequire } from 'node:module';
import { HpoError, usageError } from '../../../core/errors.js';
import { isModuleMissing } from '../../../core/missing-module.js';
import { startAndMultiply, withLimit } from '../proof.js';
import { reasonOf } from '../reason.js';
import type { Backend, Tf } from '../tf.js';
import {
  type AdapterInfo,
  adapterName,
  deviceNote,
  isSoftware,
  nvidiaGpuCount,
  vulkanGpus,
  WEBGPU_PACKAGES,
} from './adapters.js';
import { installKernels } from './kernels.js';
import { watchDevice } from './watch.js';

const INSTALL = `npm install ${WEBGPU_PACKAGES.join(' ')}`;

const READY_LIMIT_MS = 30_000;

type Dawn = typeof import('webgpu');
type Gpu = ReturnType<Dawn['create']>;
type Adapter = NonNullable<Awaited<ReturnType<Gpu['requestAdapter']>>>;

const require = createRequire(import.meta.url);

/** Dawn crashes when this object is collected while one of its devices is in use, so it stays until the process ends. */
let gpu: Gpu | undefined;

/**
 * Loads tfjs on WebGPU: any GPU with a Vulkan driver (Metal on macOS), without CUDA. The device is open until `close`.
 *
 * @param options.software also accepts an adapter that computes on the CPU (lavapipe, SwiftShader). It is slower than
 *   WebAssembly, so only device=webgpu sets this.
 * @throws HpoError trainer.missing-package or trainer.no-gpu (usage errors) when the packages or an adapter are
 *   missing, trainer.broken-backend when they do not load, the device does not open, or it does not compute.
 */
export async function loadWebgpu(options: { software?: boolean } = {}): Promise<Backend> {
  const dawn = await importDawn();
  const adapter = await findAdapter(dawn, options.software ?? true);
  const info: AdapterInfo = adapter.info;
  // tfjs looks for WebGPU where browsers have it, when tfjs loads and when its backend is created.
  Object.assign(globalThis, dawn.globals);
  if (Reflect.get(globalThis, 'navigator') === undefined) Reflect.set(globalThis, 'navigator', {});
  Reflect.defineProperty(Reflect.get(globalThis, 'navigator'), 'gpu', { value: gpu, configurable: true });
  const { tf, webgpu } = requireTfjs();
  const device = await requestDevice(adapter);
  const keepUp = watchDevice(device);
  const close = () => {
    if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
    device.destroy();
  };
  try {
    if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => new webgpu.WebGPUBackend(device, adapter.info));
    if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs did not start on it');
    installKernels(tf);
    await withLimit(startAndMultiply(tf), READY_LIMIT_MS);
    await keepUp();
  } catch (cause) {
    close();
    throw new HpoError(
      'trainer.broken-backend',
      `webgpu is broken on ${adapterName(info)}: ${reasonOf(cause)}`,
      {
        fix: `update the GPU driver, reinstall (${INSTALL}), or set device=cpu`,
        cause,
      },
    );
  }
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  const vulkan = visible === undefined ? null : listVulkanGpus(dawn);
  const note = deviceNote({ visible, adapter: info, vulkan, nvidia: nvidiaGpuCount() });
  return { tf, name: 'webgpu', note, keepUp, close };
}

async function importDawn(): Promise<Dawn> {
  try {
    return await import('webgpu');
  } catch (cause) {
    if (!isModuleMissing(cause)) {
      const message = `the package webgpu does not load: ${reasonOf(cause)}`;
      throw new HpoError('trainer.broken-backend', message, {
        fix: `reinstall it: ${INSTALL}`,
        cause,
      });
    }
    throw usageError('trainer.missing-package', 'webgpu needs the package webgpu, which is not installed', {
      fix: INSTALL,
      cause,
    });
  }
}

async function findAdapter(dawn: Dawn, software: boolean): Promise<Adapter> {
  gpu ??= dawn.create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw usageError('trainer.no-gpu', 'webgpu found no GPU: no Vulkan driver answers', {
      fix: "install the GPU's Vulkan driver (vulkaninfo --summary lists the GPUs), or set device=cpu",
    });
  }
  if (!software && isSoftware(adapter.info)) {
    const name = adapterName(adapter.info);
    throw usageError('trainer.no-gpu', `webgpu found no GPU, only ${name}, which computes on the CPU`, {
      fix: "install the GPU's Vulkan driver, or set device=webgpu to use it anyway",
    });
  }
  return adapter;
}

/** Requests all limits of the adapter where the default is lower: tfjs needs large buffers and workgroups. */
async function requestDevice(adapter: Adapter) {
  const names = [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxComputeWorkgroupStorageSize',
    'maxComputeWorkgroupsPerDimension',
    'maxComputeWorkgroupSizeX',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  const requiredLimits = Object.fromEntries(names.map((name) => [name, adapter.limits[name]]));
  try {
    return await adapter.requestDevice({ requiredLimits });
  } catch (cause) {
    const message = `webgpu could not open ${adapterName(adapter.info)}`;
    throw new HpoError('trainer.broken-backend', message, {
      fix: 'update its driver, or set device=cpu',
      cause,
    });
  }
}

function listVulkanGpus(dawn: Dawn): string[] | null {
  try {
    dawn.create(['adapter=(none: list them)']);
    return null;
  } catch (error) {
    return vulkanGpus(String(error));
  }
}

function requireTfjs() {
  try {
    const tf = require('@tensorflow/tfjs-core') as Tf;
    // Only for its effect: the Node build of tfjs-core has no gradients, and this package registers them.
    require('@tensorflow/tfjs-layers');
    const webgpu =
      require('@tensorflow/tfjs-backend-webgpu') as typeof import('@tensorflow/tfjs-backend-webgpu');
    return { tf, webgpu };
  } catch (cause) {
    if (!isModuleMissing(cause)) throw cause;
    throw usageError(
      'trainer.missing-package',
      'webgpu needs tfjs with its WebGPU backend, which is not installed',
      {
        fix: `${INSTALL} @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0`,
        cause,
      },
    );
  }
}
