import { describe, expect, it } from 'vitest';
import { failed, type Row, runCheck } from '../../../src/cli/doctor/check.js';
import { judgeSpace } from '../../../src/cli/doctor/disk.js';
import { MARK, readRows } from '../../../src/cli/doctor/examine.js';
import { sizeText } from '../../../src/cli/doctor/format-bytes.js';
import { judgeVisible } from '../../../src/cli/doctor/gpus.js';
import { judgeNode, judgeOpenFiles, judgeSystem, parseCpuQuota } from '../../../src/cli/doctor/machine.js';
import { reportText } from '../../../src/cli/doctor/report.js';
import { summarize } from '../../../src/cli/doctor/trainer.js';
import { usageError } from '../../../src/core/errors.js';
import { parseGpus } from '../../../src/executors/devices.js';

// What a machine would have to have for a bad finding is given here as data; what this one has is in doctor.test.ts.

const OPTIONS = { storage: 'memory:', limitMs: 1000 };

describe('the machine', () => {
  it.each([
    ['20.19.0', 'ok'],
    ['20.20.2', 'ok'],
    ['22.0.0', 'ok'],
    ['25.0.0-nightly', 'ok'],
    ['20.18.9', 'fail'],
    ['9.99.99', 'fail'],
  ])('Node %s is %s for >=20.19.0', (version, status) => {
    expect(judgeNode(version, '>=20.19.0').status).toBe(status);
  });

  it('takes Linux, warns of macOS and Windows and refuses the rest', () => {
    expect(judgeSystem('linux', 'arm64', '6.1').status).toBe('ok');
    expect(judgeSystem('darwin', 'arm64', '24').status).toBe('warn');
    const windows = judgeSystem('win32', 'x64', '10');
    expect(windows).toMatchObject({ status: 'warn', fix: expect.stringContaining('WSL') });
    expect(windows.message).toContain('hpo optimize and hpo tune do not');
    expect(judgeSystem('aix', 'ppc64', '7').status).toBe('fail');
  });

  it('reads the quota of a container', () => {
    expect([parseCpuQuota('150000 100000\n'), parseCpuQuota('max 100000\n'), parseCpuQuota(null)]).toEqual([
      1.5,
      null,
      null,
    ]);
  });

  it('reads the limit of open files', () => {
    const limits = (soft: string) =>
      `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}    4096    files\n`;
    expect(judgeOpenFiles(limits('1024'))).toMatchObject({ status: 'ok', details: { limit: 1024 } });
    expect(judgeOpenFiles(limits('unlimited'))).toMatchObject({ status: 'ok', details: { limit: null } });
    expect(judgeOpenFiles(limits('64'))).toMatchObject({ status: 'warn', fix: 'ulimit -n 1024' });
    expect(judgeOpenFiles(null).status).toBe('info');
  });
});

describe('space', () => {
  const MIB = 1024 * 1024;
  const judge = (freeMiB: number, freeInodes = 1e6, totalInodes = 1e7) =>
    judgeSpace({ freeBytes: freeMiB * MIB, totalBytes: 1e12, freeInodes, totalInodes }, '/x').status;

  it('is judged by bytes and by the number of files', () => {
    expect([judge(2000), judge(500), judge(1)]).toEqual(['ok', 'warn', 'fail']);
    expect([judge(2000, 5000), judge(2000, 3)]).toEqual(['warn', 'fail']);
  });

  it('has no number of files on some file systems', () => {
    expect(judge(2000, 0, 0)).toBe('ok');
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [80 * 2 ** 30, '80 GiB'],
    [5 * 2 ** 50, '5120 TiB'],
  ])('%i bytes read %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});

describe('CUDA_VISIBLE_DEVICES', () => {
  const gpus = parseGpus('0, GPU-aaaa, A, 0, 1, 2, 3, 4\n1, GPU-bbbb, B, 0, 1, 2, 3, 4\n');

  it.each([
    [undefined, 'ok', /every GPU/],
    ['1', 'ok', /leaves GPU 1, numbered as by nvidia-smi/],
    ['GPU-bb,0', 'ok', /leaves GPU 1, 0/],
    ['0,7,1', 'warn', /leaves GPU 0 \(7 names no GPU here, and CUDA ignores the rest\)/],
    ['', 'warn', /leaves no GPU.*set, but empty/],
    ['-1', 'warn', /leaves no GPU/],
  ])('%j is %s', (value, status, message) => {
    expect(judgeVisible(gpus, value)).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  it('means nothing without a GPU', () => {
    expect(judgeVisible([], '0').status).toBe('info');
  });
});

describe('the built-in trainer', () => {
  const row = (backend: string, state: string): Row => ({
    name: '',
    status: 'ok',
    message: '',
    details: { backend, state },
  });
  const absent = [row('tfjs-node-gpu', 'absent'), row('tfjs-node', 'absent')];

  it.each([
    [
      'takes the best that works',
      [row('tfjs-node-gpu', 'broken'), row('tfjs-node', 'works'), row('wasm', 'works')],
      'ok',
      /tfjs-node$/,
    ],
    ['takes wasm', [...absent, row('wasm', 'works')], 'ok', /wasm$/],
    ['cannot compute without any', [...absent, row('wasm', 'broken')], 'warn', /does not work/],
    [
      'dies of the first that kills',
      [row('tfjs-node-gpu', 'deadly'), row('wasm', 'works')],
      'fail',
      /while loading tfjs-node-gpu/,
    ],
  ])('%s', (_, rows, status, message) => {
    const all = rows.length === 2 ? [...rows, row('tfjs-node', 'absent')] : rows;
    expect(summarize([...all, row('webgpu', 'absent')])).toMatchObject({
      status,
      message: expect.stringMatching(message),
    });
  });
});

describe('an examination', () => {
  it('continues after a check that throws anything', async () => {
    const fail = (thrown: unknown) => runCheck({ name: 'x', run: () => Promise.reject(thrown) }, OPTIONS);
    expect(await fail(new Error('no'))).toEqual([
      expect.objectContaining({ name: 'x', status: 'fail', message: 'no' }),
    ]);
    expect(await fail(undefined)).toEqual([
      expect.objectContaining({ status: 'fail', message: 'undefined' }),
    ]);
    const sync = () => {
      throw usageError('a.b', 'bad', { fix: 'mend it' });
    };
    expect(await runCheck({ name: 'x', run: sync }, OPTIONS)).toEqual([
      { name: 'x', ...failed(usageError('a.b', 'bad', { fix: 'mend it' })) },
    ]);
  });

  it('reads the rows among what libraries print, and no half of one', () => {
    const row = { name: 'a', status: 'ok', message: 'm' };
    const text = `2026-01-01 I tensorflow/core: hello\n\n${MARK}${JSON.stringify(row)}\nmore\n${MARK}{"name":"b","sta`;
    expect(readRows(text)).toEqual([row]);
  });

  it('is reported in words, with nothing that moves the cursor', () => {
    const checks = [
      { group: 'gpus' as const, name: 'a', status: 'fail' as const, message: 'bad \u001b[2J', fix: 'mend' },
      { group: 'disk' as const, name: 'bcd', status: 'warn' as const, message: 'so so' },
    ];
    const text = reportText({
      ok: false,
      version: '1',
      counts: { ok: 0, info: 0, warn: 1, fail: 1 },
      checks,
    });
    expect(text).toContain('\n  FAIL  a    bad \\u001b[2J\n        fix: mend\n');
    expect(text).toContain('\n  warn  bcd  so so\n');
    expect(text).toMatch(/\n\nhpo cannot work here: 1 problem and 1 warning$/);
  });
});
