import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type AdapterInfo,
  adapterName,
  deviceNote,
  hidesGpus,
  isSoftware,
  nvidiaGpuCount,
  type PinFacts,
  vulkanGpus,
} from '../../../../src/trainer/backends/webgpu/adapters.js';

const H100: AdapterInfo = {
  vendor: 'nvidia',
  architecture: 'hopper',
  device: 'nvidia-h100-80gb-hbm3',
  description: 'NVIDIA: 570.86.15',
};
const LAVAPIPE: AdapterInfo = {
  vendor: 'mesa',
  architecture: 'software',
  device: 'llvmpipe-llvm-19-1-7-256-bits-',
  description: 'llvmpipe: Mesa 25.0.7 (LLVM 19.1.7)',
  isFallbackAdapter: true,
};

describe('an adapter', () => {
  it('is software when anything about it says so', () => {
    expect(isSoftware(H100)).toBe(false);
    expect(isSoftware(LAVAPIPE)).toBe(true);
    expect(isSoftware({ ...H100, isFallbackAdapter: true })).toBe(true);
    const { isFallbackAdapter: _, ...older } = LAVAPIPE;
    expect(isSoftware({ ...older, architecture: '' })).toBe(true);
    expect(isSoftware({ ...H100, device: '', description: 'SwiftShader Device (LLVM 16)' })).toBe(true);
  });

  it('has the best name that its driver gives', () => {
    expect(adapterName(H100)).toBe('nvidia-h100-80gb-hbm3');
    expect(adapterName({ ...H100, device: '' })).toBe('NVIDIA: 570.86.15');
    expect(adapterName({ vendor: '', architecture: '', device: '', description: '' })).toBe('an unnamed GPU');
  });
});

describe('the list of Vulkan GPUs', () => {
  it('has real ones of Vulkan alone, and tells twins apart by nothing but their number', () => {
    const message = [
      'Error: no suitable backends found',
      'Available adapters:',
      " * backend: 'vulkan', name: 'NVIDIA H100 80GB HBM3'",
      " * backend: 'vulkan', name: 'NVIDIA H100 80GB HBM3'",
      " * backend: 'vulkan', name: 'llvmpipe (LLVM 19.1.7, 256 bits)'",
      " * backend: 'opengles', name: 'NVIDIA H100 80GB HBM3'",
    ].join('\n');
    expect(vulkanGpus(message)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3']);
  });

  it('is unknown when the message is another one, and empty where there is none', () => {
    expect(vulkanGpus('Error: something else')).toBeNull();
    expect(vulkanGpus('Error: no suitable backends found\nAvailable adapters:\n')).toEqual([]);
  });

  it('counts the GPUs of the NVIDIA driver, and knows nothing without it', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'hpo-gpus-'));
    for (const address of ['0000:01:00.0', '0000:02:00.0']) await mkdir(path.join(folder, address));
    expect(nvidiaGpuCount(folder)).toBe(2);
    expect(nvidiaGpuCount(path.join(folder, 'none'))).toBeNull();
    await rm(folder, { recursive: true });
  });
});

describe('the line on the device', () => {
  const facts: PinFacts = { visible: 'GPU-1', adapter: H100, vulkan: ['NVIDIA H100'], nvidia: 1 };

  it('is its name where nothing is pinned, or only one GPU exists', () => {
    const plain = 'webgpu computes on nvidia-h100-80gb-hbm3';
    expect(deviceNote(facts)).toBe(plain);
    expect(deviceNote({ ...facts, visible: undefined, vulkan: null, nvidia: 8 })).toBe(plain);
  });

  it.each<[string, Partial<PinFacts>]>([
    ['Vulkan shows several GPUs', { vulkan: ['NVIDIA H100', 'NVIDIA H100'] }],
    ['the driver has more than Vulkan shows', { nvidia: 8 }],
    ['Vulkan does not say what it has', { vulkan: null }],
    ['nobody says what NVIDIA has', { nvidia: null }],
    ['the adapter is none of NVIDIA', { adapter: { ...H100, vendor: 'amd' } }],
  ])('says that the pin is not verified when %s', (_, more) => {
    const note = deviceNote({ ...facts, ...more });
    expect(note).toContain('CUDA_VISIBLE_DEVICES=GPU-1');
    expect(note).toContain('the selection is not verified');
    expect(note).not.toContain('\n');
  });

  it('says so when a GPU computes for a CPU slot, because it was named', () => {
    expect(deviceNote({ ...facts, visible: '' })).toContain('although CUDA_VISIBLE_DEVICES is ""');
  });

  it('says of a GPU in software that another backend is faster, and nothing of pins', () => {
    for (const visible of [undefined, '', '0']) {
      const note = deviceNote({ ...facts, visible, adapter: LAVAPIPE });
      expect(note).toBe('webgpu computes on llvmpipe-llvm-19-1-7-256-bits-, a software GPU; wasm is faster');
    }
  });

  it.each([
    [undefined, false],
    ['0', false],
    ['GPU-1,GPU-2', false],
    ['', true],
    [' ', true],
    ['-1', true],
    ['NoDevFiles', true],
  ])('CUDA_VISIBLE_DEVICES=%s hides all GPUs: %s', (visible, hides) => {
    expect(hidesGpus(visible)).toBe(hides);
  });
});
