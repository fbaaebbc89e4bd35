import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../core/errors.js';
import type { RunMetric } from '../../core/run-metrics.js';
import type { MetricPoint } from '../executor.js';
import { findProgram } from './program.js';
import { readTrainer } from './trainer-record.js';

/** A program, a flag and a script. */
export type UsageCommand = readonly [program: string, flag: string, script: string];

/** The number of the system call getrusage on Linux, by the architecture. */
const GETRUSAGE: Readonly<Record<string, number>> = {
  x64: 98,
  arm64: 165,
  riscv64: 165,
  ppc64: 77,
  s390x: 77,
};
const PYTHON =
  'import resource,sys;u=resource.getrusage(resource.RUSAGE_CHILDREN);' +
  'print(u.ru_utime+u.ru_stime,u.ru_maxrss*(1 if sys.platform=="darwin" else 1024))';
/** A clock of another kind may be off by this much before the file times are not believed. */
const SLACK_S = 0.05;
const TICKS_PER_S = 100;

/**
 * Returns a command that prints the CPU time (s) and the largest resident set (bytes) of the processes that its own process has
 * waited for. A shell that becomes this program keeps its children's use.
 * @throws HpoError (usage) metrics.not-measurable where no such program is on PATH.
 */
export function usageCommand(path = process.env.PATH ?? ''): UsageCommand {
  const number = process.platform === 'linux' ? GETRUSAGE[process.arch] : undefined;
  const perl = number === undefined ? [] : [['perl', '-e', perlScript(number)] as const];
  for (const [name, flag, script] of [...perl, ['python3', '-ISc', PYTHON] as const]) {
    const program = findProgram(name, '/', path);
    if (program.kind === 'missing') continue;
    const { status, stdout } = spawnSync(program.path, [flag, script], { encoding: 'utf8', timeout: 10_000 });
    if (status === 0 && parseUse(stdout) !== null) return [program.path, flag, script];
  }
  throw usageError(
    'metrics.not-measurable',
    'expected perl or python3 on PATH, to measure CPU time and memory',
    {
      fix: 'install one of them, or leave hpo.cpu_s and hpo.max_rss_mb out; hpo.duration_s needs neither',
    },
  );
}

/** struct rusage begins with four numbers of two times, and the largest resident set in KiB. */
function perlScript(number: number): string {
  return (
    `my $b="\\0"x256;exit 1 if syscall(${number},-1,$b)!=0;my($a,$u,$s,$t,$m)=unpack("l!5",$b);` +
    'printf"%.6f %.0f\\n",$a+$s+($u+$t)/1e6,$m*1024'
  );
}

function parseUse(text: string): { readonly cpuS: number; readonly maxRssBytes: number } | null {
  const match = /^(\d+(?:\.\d+)?) (\d+)\n$/.exec(text);
  return match && { cpuS: Number(match[1]), maxRssBytes: Number(match[2]) };
}

/** Returns what the supervisor measured of an attempt that has ended; what could not be measured is left out. */
export function readUsage(dir: string, wanted: readonly RunMetric[]): MetricPoint[] {
  const use = parseUse(readOrEmpty(join(dir, 'usage')));
  const values: Readonly<Record<RunMetric, number | null>> = {
    'hpo.duration_s': readDurationS(dir),
    'hpo.cpu_s': use?.cpuS ?? null,
    'hpo.max_rss_mb': use ? use.maxRssBytes / 1e6 : null,
    'hpo.gpu_memory_mb': null,
  };
  return wanted.flatMap((name) => {
    const value = values[name];
    return value === null ? [] : [{ name, step: null, value: Number(value.toPrecision(9)) }];
  });
}

/**
 * The times of the supervisor's files are exact to a few milliseconds. A clock that was set meanwhile shows in the time since boot,
 * which is exact to 10 ms and then counts.
 */
function readDurationS(dir: string): number | null {
  const times = ['trainer', 'end'].map(
    (name) => statSync(join(dir, name), { throwIfNoEntry: false })?.mtimeMs,
  );
  const [startMs, endMs] = times;
  if (startMs === undefined || endMs === undefined) return null;
  const byClock = (endMs - startMs) / 1000;
  const ticks = readTrainer(dir)?.ticks;
  const match = /^\d+ (\d+\.\d+)\n$/.exec(readOrEmpty(join(dir, 'end')));
  if (ticks === undefined || match === null) return Math.max(0, byClock);
  const sinceBoot = Number(match[1]) - Number(ticks) / TICKS_PER_S;
  return Math.max(0, Math.abs(byClock - sinceBoot) <= SLACK_S ? byClock : sinceBoot);
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
