import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { importsOf, usesOf } from './source.js';

/** The Vitest projects, from the fastest one to the most careful one. */
export type ProjectName = 'pure' | 'process' | 'isolated';

/** The project of a test file; `reason` names the files that lead to it. */
export type Placement = { readonly project: ProjectName; readonly reason: string };

/** Text of a file by its path below the root; undefined where there is no such file. */
export type ReadText = (path: string) => string | undefined;

/** What a file loads: a package, or the file at `target`. */
type Load = { readonly specifier: string; readonly target: string | null };

/** Modules that start processes, threads or servers. */
const STARTERS = /^(?:node:(?:child_process|worker_threads|http|net)|execa|playwright-core)$/;

/** TensorFlow.js, whose backends are global to a process. */
const GLOBAL_STATE = /^@tensorflow\//;

/** Helpers that run a program only to learn what this machine has, or to mount a disk, and wait for it. */
const PROBES = [
  'test/support/apart.ts',
  'test/support/lavapipe.ts',
  'test/support/real-part.ts',
  'test/support/tmpfs.ts',
];

/** `src/config` reads what the executors are called and their options; it opens none (a test of the architecture says so). */
const READS_NAMES_ONLY = { folder: 'src/config/', registry: 'src/executors/registry.ts' };

/** The test files that take longest, most of them because they wait. They start first, so that none of them runs alone at the end. */
export const SLOWEST = [
  'test/examples/pytorch.test.ts',
  'test/examples/use-cases/pytorch-promotion.test.ts',
  'test/examples/use-cases/compiler-flags.test.ts',
  'test/trainer/backends/webgpu/train.test.ts',
  'test/trainer/optimizers/torch.test.ts',
  'test/chaos/chaos.test.ts',
  'test/cli/apart.test.ts',
  'test/executors/ray/conformance.test.ts',
  'test/executors/ray/jobs.test.ts',
  'test/cli/ray.test.ts',
  'test/cli/mlflow.test.ts',
  'test/loggers/mlflow/broken.test.ts',
  'test/dashboard/page/chromium/study.test.ts',
  'test/cli/leases.test.ts',
  'test/executors/slurm/conformance.test.ts',
  'test/executors/slurm/jobs.test.ts',
  'test/executors/slurm/arrays.test.ts',
  'test/executors/command/conformance.test.ts',
  'test/executors/command/gridengine.test.ts',
  'test/examples/clusters-doc.test.ts',
  'test/cli/scheduling/trainers.test.ts',
  'test/cli/checkpoints.test.ts',
  'test/cli/doctor/doctor.test.ts',
  'test/cli/pipes.test.ts',
  'test/cli/slurm.test.ts',
  'test/examples/examples.test.ts',
  'test/examples/use-cases/database.test.ts',
  'test/examples/use-cases/github-actions.test.ts',
  'test/examples/use-cases/serving.test.ts',
  'test/cli/wandb.test.ts',
  'test/examples/checkpoints-doc.test.ts',
  'test/cli/stuck.test.ts',
  'test/examples/library-doc.test.ts',
  'test/cli/suspend.test.ts',
  'test/cli/bad-trainers.test.ts',
  'test/pruners/optuna.test.ts',
  'test/cli/train.test.ts',
  'test/cli/scheduling/pbt.test.ts',
  'test/cli/scheduling/interrupted.test.ts',
  'test/cli/scheduling/stopped.test.ts',
  'test/cli/busy-gpus.test.ts',
  'test/cli/slow-pattern.test.ts',
  'test/cli/database-lost.test.ts',
  'test/dashboard/page/chromium/acting.test.ts',
  'test/dashboard/page/chromium/managing.test.ts',
  'test/dashboard/page/chromium/living.test.ts',
  'test/cli/same-name.test.ts',
  'test/cli/control.test.ts',
  'test/cli/wandb-killed.test.ts',
  'test/cli/optuna-times.test.ts',
  'test/cli/optuna-dashboard.test.ts',
  'test/cli/opening.test.ts',
  'test/cli/disk-full.test.ts',
  'test/cli/optuna-study.test.ts',
  'test/cli/optuna.test.ts',
  'test/dashboard/server/living.test.ts',
  'test/cli/infrastructure.test.ts',
  'test/cli/leases-killed.test.ts',
  'test/samplers/conformance.test.ts',
  'test/plots/conformance.test.ts',
  'test/study/resume.test.ts',
];

/** Paths below the root of every test file, by project. */
export function testFiles(root: string): Readonly<Record<ProjectName, readonly string[]>> {
  const texts = new Map<string, string>();
  for (const folder of ['src', 'test']) {
    for (const file of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })) {
      const path = `${folder}/${file}`;
      if (path.endsWith('.ts')) texts.set(path, readFileSync(`${root}/${path}`, 'utf8'));
    }
  }
  // Most files are reached from most tests.
  const loads = new Map<string, readonly Load[]>();
  const loadsOnce = (file: string) => {
    const known = loads.get(file) ?? loadsOf(file, texts.get(file) ?? '');
    loads.set(file, known);
    return known;
  };
  const found: Record<ProjectName, string[]> = { pure: [], process: [], isolated: [] };
  for (const path of [...texts.keys()].sort()) {
    if (path.endsWith('.test.ts'))
      found[placementOf(path, (each) => texts.get(each), loadsOnce).project].push(path);
  }
  return found;
}

/**
 * The project of a test file, found by what it loads directly or through other files. A test is `isolated` when it
 * replaces modules or loads TensorFlow.js. Else it is of `process` when it can start a process, a thread or a server.
 */
export function placementOf(
  test: string,
  read: ReadText,
  loads: (file: string) => readonly Load[] = (file) => loadsOf(file, read(file) ?? ''),
): Placement {
  if (usesOf(read(test) ?? '', /\bvi\.(?:mock|doMock)\(/g).length > 0)
    return { project: 'isolated', reason: `${test} replaces modules` };
  let placement: Placement = { project: 'pure', reason: `${test} starts nothing` };
  const chains = new Map([[test, test]]);
  // A Map yields what is added while it is walked: a breadth-first search, so the chain is the shortest.
  for (const [file, chain] of chains) {
    if (PROBES.includes(file)) continue;
    for (const { specifier, target } of loads(file)) {
      if (GLOBAL_STATE.test(specifier)) return { project: 'isolated', reason: `${chain} -> ${specifier}` };
      if (placement.project === 'pure' && STARTERS.test(specifier))
        placement = { project: 'process', reason: `${chain} -> ${specifier}` };
      if (target !== null && !chains.has(target)) chains.set(target, `${chain} -> ${target}`);
    }
  }
  return placement;
}

/** What a file loads when it runs; where names alone are read, nothing. */
function loadsOf(file: string, text: string): readonly Load[] {
  return importsOf(text).flatMap(({ specifier, kind }) => {
    if (kind === 'type' || specifier === null) return [];
    if (!specifier.startsWith('.')) return [{ specifier, target: null }];
    const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
    const readsNames = file.startsWith(READS_NAMES_ONLY.folder) && target === READS_NAMES_ONLY.registry;
    return [{ specifier, target: readsNames ? null : target }];
  });
}

/**
 * Lines of a helper that act while it loads and belong to a test, as `PATH:LINE: what`. A worker loads a helper once for
 * many test files, so that only the first of them would have its hooks.
 */
export function hooksAtLoad(path: string, text: string): string[] {
  return usesOf(text, /^(?:(?:before|after)(?:Each|All)|vi\.\w+)\(/gm).map(
    ({ name, line }) =>
      `${path}:${line}: ${name.slice(0, -1)} runs for one test file only; use onTestFinished`,
  );
}

/** Lines of a test that wait for a fixed time by hand, as `PATH:LINE: what`. */
export function fixedWaits(path: string, text: string): string[] {
  return usesOf(text, /\b(?:setTimeout|sleep)(?=\()/g).map(
    ({ name, line }) => `${path}:${line}: ${name}; use until, or pass where the test is about time`,
  );
}
