import { accessSync, constants, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { runWithTimeout } from '../../executors/run-with-timeout.js';
import type { Check, DoctorOptions, Finding } from './check.js';
import { sizeText } from './format-bytes.js';
import { readManifest } from './manifest.js';

/** With less, a trainer in Python hardly starts. */
const LITTLE_MEMORY = 512 * 1024 * 1024;
/** A sweep keeps a few files open for each running trial, and the database. */
const FEW_FILES = 256;
const PYTHON_LIMIT_MS = 10_000;

export const machineChecks: readonly Check[] = [
  { name: 'node', run: () => judgeNode(process.versions.node, readManifest().engines.node) },
  { name: 'system', run: () => judgeSystem(process.platform, process.arch, release()) },
  { name: 'cpu', run: cpu },
  { name: 'memory', run: memory },
  { name: 'open-files', run: () => judgeOpenFiles(readText('/proc/self/limits')) },
  { name: 'shell', run: shell },
  { name: 'python', run: python },
];

/** `range`: from package.json, such as `>=20.19.0`. */
export function judgeNode(version: string, range: string): Finding {
  const least = /^>=(\d+\.\d+\.\d+)$/.exec(range)?.[1];
  if (least === undefined) throw new Error(`expected engines.node to be >=X.Y.Z, got ${range}`);
  const details = { version, range, path: process.execPath };
  if (compareVersions(version, least) >= 0)
    return { status: 'ok', message: `${version} (${range})`, details };
  const fix = `install Node ${least} or later`;
  return { status: 'fail', message: `${version}, and hpo needs ${range}`, fix, details };
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  const at = left?.findIndex((part, k) => part !== right?.[k]) ?? -1;
  return at < 0 ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
}

export function judgeSystem(platform: string, arch: string, kernel: string): Finding {
  const details = { platform, arch, release: kernel };
  const message = `${platform} ${arch}, release ${kernel.split('-')[0]}`;
  if (platform === 'linux') return { status: 'ok', message, details };
  if (platform === 'darwin')
    return {
      status: 'warn',
      message: `${message}: hpo works here, but may not find all children of a trainer that it stops`,
      fix: 'see "Where it runs" in docs/running.md',
      details,
    };
  if (platform === 'win32')
    return {
      status: 'warn',
      message: `${message}: the library, hpo ask and tell, and everything that reads or draws work here; hpo optimize and hpo tune do not`,
      fix: 'run those two in the Windows Subsystem for Linux (WSL 2)',
      details,
    };
  return { status: 'fail', message: `${message}: hpo runs on Linux, macOS and Windows`, details };
}

function cpu(): Finding {
  const usable = availableParallelism();
  const all = cpus();
  const quota = parseCpuQuota(readText('/sys/fs/cgroup/cpu.max'));
  const limited = quota !== null && quota < usable;
  const model = all[0]?.model.trim() ?? 'unknown';
  const message = `${usable} of ${all.length} cores are usable${limited ? `, and a quota limits hpo to ${quota}` : ''} (${model})`;
  const details = { usable, cores: all.length, quota, model };
  if (!limited) return { status: 'ok', message, details };
  return { status: 'warn', message, fix: `give --max-concurrent ${Math.max(1, Math.floor(quota))}`, details };
}

/** Returns the CPU quota of a container in cores, from cgroup v2 (`200000 100000`); null: no limit is known. */
export function parseCpuQuota(text: string | null): number | null {
  const match = /^(\d+) (\d+)\s*$/.exec(text ?? '');
  return match ? Number((Number(match[1]) / Number(match[2])).toFixed(2)) : null;
}

function memory(): Finding {
  const [total, constrained] = [totalmem(), process.constrainedMemory()];
  // A number larger than the memory means no limit.
  const limit = constrained > 0 && constrained < total ? constrained : null;
  const available = Math.min(process.availableMemory(), limit ?? total);
  const message = `${sizeText(available)} of ${sizeText(limit ?? total)} available${limit === null ? '' : ' (limit of this container)'}`;
  const details = { availableBytes: available, totalBytes: total, limitBytes: limit };
  if (available >= LITTLE_MEMORY) return { status: 'ok', message, details };
  return { status: 'warn', message, fix: 'stop other programs, or lower --max-concurrent', details };
}

/** `limits`: the text of /proc/self/limits, which only Linux has. */
export function judgeOpenFiles(limits: string | null): Finding {
  const soft = /^Max open files\s+(\S+)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return { status: 'info', message: 'the limit is unknown on this system' };
  const limit = soft === 'unlimited' ? null : Number(soft);
  const details = { limit };
  if (limit === null || limit >= FEW_FILES) return { status: 'ok', message: `${soft} at a time`, details };
  return { status: 'warn', message: `only ${soft} at a time`, fix: 'ulimit -n 1024', details };
}

/** A fixed shell script starts each attempt. */
function shell(): Finding {
  if (process.platform === 'win32')
    return { status: 'info', message: 'not needed for what works on Windows' };
  try {
    accessSync('/bin/sh', constants.X_OK);
    return { status: 'ok', message: '/bin/sh' };
  } catch {
    return {
      status: 'fail',
      message: '/bin/sh is missing or not executable',
      fix: 'install a POSIX shell as /bin/sh',
    };
  }
}

/** Checks only whether python3 exists: its packages are the trainer's concern. */
async function python({ limitMs }: DoctorOptions): Promise<Finding> {
  const ran = await runWithTimeout('python3', ['--version'], {
    limitMs: Math.min(PYTHON_LIMIT_MS, limitMs / 2),
  });
  if (ran.kind === 'ended' && ran.exitCode === 0) {
    const version = ran.stdout.trim().replace('Python ', '');
    return { status: 'ok', message: `python3 ${version}`, details: { version } };
  }
  return {
    status: 'info',
    message: 'no working python3 (only trainers in Python need it)',
    details: { version: null },
  };
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
