import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { chooseDevices, findGpus, parseGpus } from '../../src/executors/devices.js';

const OUTPUT = `0, GPU-aaaa-1, NVIDIA H100 80GB HBM3, 12, 1024, 81559, 34, 69.52
3, GPU-bbbb-2, Odd, name, [N/A], [N/A], 40960, [N/A], [Not Supported]
`;
const GPUS = parseGpus(OUTPUT);

describe('findGpus', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** A program called nvidia-smi, the only one on PATH: a real one needs a GPU. */
  function fakeNvidiaSmi(script: string): void {
    const dir = mkdtempSync(join(tmpdir(), 'hpo-smi-'));
    const file = join(dir, 'nvidia-smi');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    vi.stubEnv('PATH', `${dir}:/usr/bin:/bin`);
    onTestFinished(() => rmSync(dir, { recursive: true }));
  }

  it('asks for the fields it reads, and takes [N/A] for unknown', async () => {
    fakeNvidiaSmi(`case "$*" in
      "--query-gpu=index,uuid,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw --format=csv,noheader,nounits") cat <<'END'
${OUTPUT}END
      ;; *) exit 2 ;; esac`);
    expect(await findGpus()).toEqual([
      {
        index: 0,
        uuid: 'GPU-aaaa-1',
        name: 'NVIDIA H100 80GB HBM3',
        utilizationPercent: 12,
        memoryUsedMiB: 1024,
        memoryTotalMiB: 81559,
        temperatureC: 34,
        powerW: 69.52,
      },
      {
        index: 3,
        uuid: 'GPU-bbbb-2',
        name: 'Odd, name',
        utilizationPercent: null,
        memoryUsedMiB: null,
        memoryTotalMiB: 40960,
        temperatureC: null,
        powerW: null,
      },
    ]);
  });

  it('finds none where the program is missing or fails', async () => {
    vi.stubEnv('PATH', '/no/such/folder');
    expect(await findGpus()).toEqual([]);
    fakeNvidiaSmi('echo "NVIDIA-SMI has failed because it could not communicate with the driver"; exit 9');
    expect(await findGpus()).toEqual([]);
  });

  it('passes over lines that are none of its table', () => {
    expect(parseGpus('No devices were found\n\n')).toEqual([]);
    expect(parseGpus(`warning, a, b\n${OUTPUT}`)).toHaveLength(2);
  });
});

describe('chooseDevices', () => {
  const ids = (...args: Parameters<typeof chooseDevices>) =>
    chooseDevices(...args).map((device) => device.id);

  it('takes every GPU by its UUID, or the CPU', () => {
    expect(chooseDevices('auto', GPUS, undefined)).toEqual([
      { label: '0', id: 'GPU-aaaa-1' },
      { label: '3', id: 'GPU-bbbb-2' },
    ]);
    expect(ids('auto', [], undefined)).toEqual([]);
    expect(ids('cpu', GPUS, undefined)).toEqual([]);
    expect(ids(['cpu'], GPUS, undefined)).toEqual([]);
  });

  it('takes named devices in their order, by index, UUID or its beginning', () => {
    expect(ids(['3', '0'], GPUS, undefined)).toEqual(['GPU-bbbb-2', 'GPU-aaaa-1']);
    expect(ids(['GPU-bbbb-2', 'GPU-aa'], GPUS, undefined)).toEqual(['GPU-bbbb-2', 'GPU-aaaa-1']);
    expect(ids(['MIG-1234'], GPUS, undefined)).toEqual(['MIG-1234']);
  });

  it('takes named devices as they are where nvidia-smi is missing', () => {
    expect(ids(['0', '1'], [], undefined)).toEqual(['0', '1']);
    expect(ids(['2'], [], '2,3')).toEqual(['2']);
  });

  it('subdivides an inherited list and never renumbers it', () => {
    expect(ids('auto', GPUS, '3')).toEqual(['GPU-bbbb-2']);
    expect(ids('auto', GPUS, '3,0')).toEqual(['GPU-bbbb-2', 'GPU-aaaa-1']);
    expect(ids('auto', GPUS, 'GPU-bbbb-2')).toEqual(['GPU-bbbb-2']);
    expect(ids(['3'], GPUS, '3')).toEqual(['GPU-bbbb-2']);
    // Index 0 of the inherited list is not what 0 means.
    expect(() => ids(['0'], GPUS, '3')).toThrow(expect.objectContaining({ code: 'devices.not-visible' }));
  });

  it.each(['', '-1', 'NoDevFiles', '7,0'])('sees no GPU under an inherited %j', (inherited) => {
    expect(ids('auto', GPUS, inherited)).toEqual([]);
  });

  it.each([
    [['1'], 'devices.unknown'],
    [['gpu0'], 'devices.unknown'],
    [['GPU-'], 'devices.unknown'],
    [['0', 'cpu'], 'devices.unknown'],
    [['0', 'GPU-aaaa-1'], 'devices.repeated'],
  ])('refuses %j with %s', (choice, code) => {
    expect(() => chooseDevices(choice, GPUS, undefined)).toThrow(
      expect.objectContaining({ code, usage: true }),
    );
  });
});
