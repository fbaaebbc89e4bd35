import { userInfo } from 'node:os';
import type {
  BatchQueue,
  Job,
  JobKey,
  JobRequest,
  JobState,
  QueueLook,
  Submission,
} from '../batch/batch-queue.js';
import { runWithTimeout } from '../run-with-timeout.js';
import { JOB_ARGS } from './request.js';

/** A controller under load answers late; a node that is down makes scancel wait. */
const SUBMIT_LIMIT_MS = 60_000;
const LOOK_LIMIT_MS = 30_000;
const END_LIMIT_MS = 30_000;

/** Unit separators: job names hold none. */
const FORMAT = '%i|%T|%r|%N|%j';

/** Jobs of a SLURM cluster, by its commands. */
export class SlurmQueue implements BatchQueue {
  readonly title = 'SLURM';
  readonly #args: readonly string[];

  /** `args`: what each job asks for. */
  constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** The command that submits a job, for people as for the machine; with several tasks an array. */
  submission({ name, script, output, cwd }: JobRequest, tasks = 1): readonly string[] {
    return [
      'sbatch',
      ...JOB_ARGS,
      ...(tasks === 1 ? [] : [`--array=0-${tasks - 1}`]),
      `--job-name=${name}`,
      `--output=${output}`,
      `--chdir=${cwd}`,
      ...this.#args,
      script,
    ];
  }

  async submit(job: JobRequest, tasks = 1): Promise<Submission> {
    const [program = '', ...args] = this.submission(job, tasks);
    const run = await runWithTimeout(program, args, { limitMs: SUBMIT_LIMIT_MS, env: ownEnv(process.env) });
    if (run.kind === 'missing')
      return { kind: 'refused', reason: `sbatch cannot be started (${run.stderr})` };
    if (run.kind === 'late' && RETRYING.test(run.stderr))
      return { kind: 'later', reason: lastLine(run.stderr) };
    if (run.kind === 'late')
      return { kind: 'unclear', reason: `sbatch took more than ${SUBMIT_LIMIT_MS / 1000} s` };
    // A cluster's name may follow.
    const id = /^(\d+)(?:;.*)?$/m.exec(run.stdout)?.[1];
    if (run.exitCode === 0 && id !== undefined) return { kind: 'accepted', id };
    const reason =
      lastLine(run.stderr) || `sbatch ended with ${run.exitCode ?? run.signal} and printed no job id`;
    if (run.exitCode === 0 || run.signal !== null || UNCLEAR.test(run.stderr))
      return { kind: 'unclear', reason };
    const isTooLong = tasks > 1 && TOO_LONG.test(run.stderr);
    return { kind: isTooLong || LIMITS.test(run.stderr) ? 'later' : 'refused', reason };
  }

  async look(): Promise<QueueLook> {
    const args = [
      '--noheader',
      '--array',
      '--states=all',
      `--user=${userInfo().username}`,
      `--format=${FORMAT}`,
    ];
    const run = await runWithTimeout('squeue', args, { limitMs: LOOK_LIMIT_MS });
    if (run.kind !== 'ended' || run.exitCode !== 0) return null;
    return run.stdout.split('\n').flatMap(toJob);
  }

  /** Ends whatever has this name. */
  async endNamed(name: string): Promise<void> {
    await runWithTimeout('scancel', [`--name=${name}`, `--user=${userInfo().username}`], {
      limitMs: END_LIMIT_MS,
    });
  }

  async end({ id }: JobKey, how: 'politely' | 'now'): Promise<void> {
    if (id === null || !JOB_ID.test(id)) return;
    // Without --full a job without steps receives nothing.
    const args = how === 'politely' ? ['--full', '--signal=TERM', id] : [id];
    await runWithTimeout('scancel', args, { limitMs: END_LIMIT_MS });
  }
}

/** Of a job, or of a task of an array. */
export const JOB_ID = /^\d+(?:_\d+)?$/;
/** sbatch itself asks again for minutes where the controller has as many jobs as it takes. */
const RETRYING = /sleeping and retrying/i;
/** An array has more tasks than MaxArraySize allows. */
const TOO_LONG = /invalid job array specification/i;
/** Messages after which nobody knows whether the controller has the job. */
const UNCLEAR =
  /timed? ?out|unable to contact|zero bytes|connection (?:refused|reset)|communication|socket|try again|unexpected message|no route/i;
/** Messages of a limit that ends by itself. */
const LIMITS =
  /QOSMax|AssocMax|AssocGrp|MaxSubmit|maximum number of jobs|accounting\/QOS policy|temporarily|busy/i;

function toJob(line: string): Job[] {
  const [id, state, why = '', host = '', ...name] = line.trim().split('|');
  if (!id || state === undefined || !/^\d/.test(id)) return [];
  const task = /^\d+_(\d+)$/.exec(id)?.[1];
  const suffix = task === undefined ? '' : `/${task}`;
  return [{ id, name: `${name.join('|')}${suffix}`, state: toState(state, why, host) }];
}

/** Reasons that only say that a job's turn has not come. */
const TURN = new Set([
  'None',
  'Priority',
  'Resources',
  'JobArrayTaskLimit',
  'Dependency',
  'BeginTime',
  'Cleaning',
  'Prolog',
]);

function toState(state: string, why: string, host: string): JobState {
  switch (state) {
    case 'PENDING':
    case 'REQUEUED':
    case 'REQUEUE_FED':
    case 'REQUEUE_HOLD':
    case 'SPECIAL_EXIT':
    case 'SUSPENDED':
    case 'CONFIGURING':
      return { kind: 'waiting', why: TURN.has(why) ? '' : why };
    case 'RUNNING':
    case 'COMPLETING':
    case 'STAGE_OUT':
    case 'SIGNALING':
    case 'STOPPED':
    case 'RESIZING':
      return { kind: 'running', host: host || null };
    case 'COMPLETED':
    case 'FAILED':
    case 'CANCELLED':
    case 'OUT_OF_MEMORY':
      return { kind: 'ended', why: words(state, why) };
    default:
      // TIMEOUT, DEADLINE, PREEMPTED, NODE_FAIL, BOOT_FAIL, REVOKED, and what later versions add.
      return { kind: 'evicted', why: `SLURM ended its job: ${words(state, why)}` };
  }
}

function words(state: string, why: string): string {
  return why === '' || why === 'None' ? state : `${state}, ${why}`;
}

/** A job that is submitted from inside another one must not inherit what that one asked for. */
function ownEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^SLURM_(?!CONF$|CLUSTERS$)/.test(name)));
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^sbatch: (?:error: )?/, '') ?? ''
  );
}
