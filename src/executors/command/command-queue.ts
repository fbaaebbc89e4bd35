import type { BatchQueue, Job, JobKey, JobRequest, QueueLook, Submission } from '../batch/batch-queue.js';
import { runWithTimeout } from '../run-with-timeout.js';

const SUBMIT_LIMIT_MS = 60_000;
const LIMIT_MS = 30_000;
/** Questions at once: each is a program of its own. */
const ASKED_AT_ONCE = 8;

/** The commands of a queue, with placeholders. */
export type QueueCommands = {
  readonly submit: readonly string[];
  readonly status: readonly string[];
  readonly cancel: readonly string[];
};

/** Jobs of any scheduler that has commands to submit, look and cancel. */
export class CommandQueue implements BatchQueue {
  readonly title: string;
  readonly #commands: QueueCommands;

  constructor(commands: QueueCommands) {
    this.title = commands.submit[0]?.split('/').at(-1) ?? 'the queue';
    this.#commands = commands;
  }

  /** The command that submits a job. */
  submission({ name, script, output, cwd }: JobRequest): readonly string[] {
    return filled(this.#commands.submit, { name, script, output, cwd });
  }

  async submit(job: JobRequest): Promise<Submission> {
    const [program = '', ...args] = this.submission(job);
    const run = await runWithTimeout(program, args, { limitMs: SUBMIT_LIMIT_MS });
    if (run.kind === 'missing')
      return { kind: 'refused', reason: `${program} cannot be started (${run.stderr})` };
    if (run.kind === 'late')
      return { kind: 'unclear', reason: `${program} took more than ${SUBMIT_LIMIT_MS / 1000} s` };
    const said = run.stderr.trim().split('\n').at(-1);
    const reason = said || `${program} ended with ${run.exitCode ?? run.signal}`;
    // Only the program knows what its error means: there may be a job.
    if (run.exitCode !== 0) return { kind: UNCLEAR.test(run.stderr) ? 'unclear' : 'refused', reason };
    return { kind: 'accepted', id: idIn(run.stdout, job.name) };
  }

  async look(wanted: readonly JobKey[]): Promise<QueueLook> {
    const jobs: Job[] = [];
    for (let at = 0; at < wanted.length; at += ASKED_AT_ONCE) {
      const some = wanted.slice(at, at + ASKED_AT_ONCE);
      const found = await Promise.all(some.map((job) => this.#ask(job)));
      if (found.includes('no answer')) return null;
      jobs.push(...found.filter((job) => typeof job === 'object').filter((job) => job !== null));
    }
    return jobs;
  }

  async end(job: JobKey): Promise<void> {
    const [program = '', ...args] = filled(this.#commands.cancel, keyed(job));
    await runWithTimeout(program, args, { limitMs: LIMIT_MS });
  }

  async #ask(job: JobKey): Promise<Job | null | 'no answer'> {
    const [program = '', ...args] = filled(this.#commands.status, keyed(job));
    const run = await runWithTimeout(program, args, { limitMs: LIMIT_MS });
    if (run.kind !== 'ended') return 'no answer';
    if (run.exitCode !== 0 || run.stdout.trim() === '') return null;
    return { id: job.id ?? job.name, name: job.name, state: { kind: 'running', host: null } };
  }
}

const UNCLEAR = /timed? ?out|unable to contact|cannot connect|connection (?:refused|reset)|try again/i;

/** Returns the first word of the last line that begins with a digit, as all schedulers print ids; else the job's name. */
function idIn(text: string, name: string): string {
  const lines = text.trim().split('\n');
  for (const line of lines.toReversed()) {
    const id = line.split(/\s+/).find((word) => /^\d[\w.[\]-]*$/.test(word.replace(/[.,]$/, '')));
    if (id !== undefined) return id.replace(/[.,]$/, '');
  }
  return name;
}

function keyed({ id, name }: JobKey): Readonly<Record<string, string>> {
  return { id: id ?? name, name };
}

function filled(template: readonly string[], values: Readonly<Record<string, string>>): readonly string[] {
  return template.map((word) =>
    word.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
  );
}
