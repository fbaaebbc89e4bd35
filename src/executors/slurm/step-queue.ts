import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../core/errors.js';
import { allPids } from '../../liveness/proc.js';
import type { BatchQueue, Job, JobKey, JobRequest, QueueLook, Submission } from '../batch/batch-queue.js';
import { readJobId } from '../batch/job-files.js';
import { signal } from '../local/process-tree.js';
import { runWithTimeout } from '../run-with-timeout.js';

const END_LIMIT_MS = 30_000;
const LOOK_LIMIT_MS = 30_000;
/** A step that srun cannot make is refused within this time; one that waits for its turn takes longer. */
const REFUSED_MS = 1500;
const CHECK_MS = 50;
/** The allocation may be a task of an array. */
const STEP_ID = /^\d+(?:_\d+)?\.\d+$/;

/**
 * Steps inside the allocation in which hpo runs. Each has an srun beside it, which outlives hpo in a session of its own: a step
 * that waits for its turn shows only there.
 */
export class StepQueue implements BatchQueue {
  readonly title = 'SLURM';
  readonly #args: readonly string[];

  /** `args`: what each step asks for. */
  constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** The command that starts a step. */
  submission({ name, script, output, cwd }: JobRequest): readonly string[] {
    const own = ['--ntasks=1', '--exact', '--unbuffered', '--export=ALL', `--job-name=${name}`];
    const files = [`--output=${output}`, `--chdir=${cwd}`];
    return [
      'srun',
      ...own,
      ...(this.#args.some(isNodes) ? [] : ['--nodes=1']),
      ...files,
      ...this.#args,
      script,
    ];
  }

  async submit(job: JobRequest): Promise<Submission> {
    const [program = '', ...args] = this.submission(job);
    const dir = dirname(job.script);
    let end: string | null = null;
    const log = openSync(`${job.output}.srun`, 'a');
    try {
      const child = spawn(program, args, { cwd: job.cwd, detached: true, stdio: ['ignore', log, log] });
      child.once('error', (error) => {
        end = messageOf(error);
      });
      child.once('exit', (code) => {
        end ??= `srun ended with ${code}`;
      });
      child.unref();
    } catch (error) {
      return { kind: 'refused', reason: messageOf(error) };
    } finally {
      closeSync(log);
    }
    for (const untilMs = performance.now() + REFUSED_MS; performance.now() < untilMs; await sleep(CHECK_MS)) {
      const id = readJobId(dir);
      if (id !== null) return { kind: 'accepted', id };
      if (end !== null) return { kind: 'refused', reason: lastLine(`${job.output}.srun`) ?? end };
    }
    return { kind: 'accepted', id: '' };
  }

  async look(): Promise<QueueLook> {
    const args = ['--steps', '--noheader', '--format=%i|%N|%j'];
    const run = await runWithTimeout('squeue', args, { limitMs: LOOK_LIMIT_MS });
    if (run.kind !== 'ended' || run.exitCode !== 0) return null;
    const steps = run.stdout.split('\n').flatMap(toStep);
    const running = new Set(steps.map(({ name }) => name));
    return [...steps, ...waitingSteps().filter(({ name }) => !running.has(name))];
  }

  async end({ id }: JobKey, how: 'politely' | 'now'): Promise<void> {
    if (id === null) return;
    if (STEP_ID.test(id))
      await runWithTimeout('scancel', [...(how === 'politely' ? ['--signal=TERM'] : []), id], {
        limitMs: END_LIMIT_MS,
      });
    // A step that waits has no id yet: its srun is ended.
    else if (/^pid:\d+$/.test(id)) signal(Number(id.slice(4)), 'SIGKILL');
  }
}

/** Returns the steps whose srun runs on this machine; those that SLURM does not show wait for their turn. */
function waitingSteps(): readonly Job[] {
  return allPids().flatMap((pid) => {
    const words = commandOf(pid);
    if (!/(?:^|\/)srun$/.test(words[0] ?? '')) return [];
    const name = words.find((word) => word.startsWith('--job-name=hpo-'))?.slice('--job-name='.length);
    const id = `pid:${pid}`;
    return name === undefined ? [] : [{ id, name, state: { kind: 'waiting', why: '' } } as const];
  });
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function toStep(line: string): Job[] {
  const [id = '', host = '', ...name] = line.trim().split('|');
  if (!STEP_ID.test(id)) return [];
  return [{ id, name: name.join('|'), state: { kind: 'running', host: host || null } }];
}

function isNodes(arg: string): boolean {
  return arg.startsWith('--nodes=') || arg.startsWith('-N');
}

function lastLine(file: string): string | null {
  try {
    return (
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/^srun: (?:error: )?/, '') || null
    );
  } catch {
    return null;
  }
}
