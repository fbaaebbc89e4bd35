import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { allPids, HAS_PROC, readEnviron, readStat } from '../../liveness/proc.js';

/** How a run of a script ended. `output`: both streams as they came, the beginning and the end of a long one. */
export type BoundedRun = {
  readonly end: 'missing' | 'late' | 'interrupted' | 'ended';
  readonly exitCode: number | null;
  readonly output: string;
};

export type BoundedOptions = {
  readonly limitMs: number;
  readonly env: Readonly<Record<string, string>>;
};

/** Marks every process of a run in its environment. */
const TOKEN = 'HPO_INIT_TOKEN';
const HEAD = 256 * 1024;
const TAIL = 1024 * 1024;
/** After SIGTERM a script has this long to end by itself. */
const GRACE_MS = 1000;
/** Processes that start others while they are killed need another round. */
const ROUNDS = 10;

/**
 * Runs a command without input for at most `limitMs`, and ends all its processes, also those that it leaves behind. Ctrl-C ends
 * them too. Never rejects.
 */
export async function runBounded(
  [program = '', ...args]: readonly string[],
  { limitMs, env }: BoundedOptions,
): Promise<BoundedRun> {
  const token = randomUUID();
  const said = new HeadAndTail();
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env, [TOKEN]: token },
    });
  } catch {
    return { end: 'missing', exitCode: null, output: '' };
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => said.add(text));
  const ended = new Promise<'ended' | 'missing'>((resolve) => {
    child.on('error', () => resolve('missing'));
    child.on('exit', () => resolve('ended'));
  });
  const watch = watchSignals();
  const end = await firstOf(ended, watch.interrupted, limitMs - GRACE_MS);
  if (end === 'late') await endPolitely(child, ended);
  killAll(child.pid, token);
  watch.stop();
  if (end === 'ended') await drained(child);
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  return { end, exitCode: child.exitCode, output: said.text };
}

type End = BoundedRun['end'];

async function firstOf(
  ended: Promise<'ended' | 'missing'>,
  interrupted: Promise<'interrupted'>,
  limitMs: number,
): Promise<End> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), limitMs);
  });
  try {
    return await Promise.race<End>([ended, interrupted, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function endPolitely(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  signalGroup(child.pid, 'SIGTERM');
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise((resolve) => {
    timer = setTimeout(resolve, GRACE_MS / 2);
  });
  await Promise.race([ended, waited]);
  clearTimeout(timer);
}

/** Resolves when the rest of the output has been read; what nobody holds open any more ends by itself. */
async function drained(child: ChildProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise((resolve) => {
    timer = setTimeout(resolve, GRACE_MS);
  });
  const ends = [child.stdout, child.stderr].map(
    (stream) => stream && !stream.readableEnded && new Promise((resolve) => stream.once('close', resolve)),
  );
  await Promise.race([Promise.all(ends), waited]);
  clearTimeout(timer);
}

function killAll(group: number | undefined, token: string): void {
  for (let round = 0; round < ROUNDS; round++) {
    signalGroup(group, 'SIGKILL');
    const left = HAS_PROC ? allPids().filter((pid) => isOfRun(pid, group, token)) : [];
    if (left.length === 0) return;
    for (const pid of left) kill(pid, 'SIGKILL');
  }
}

function isOfRun(pid: number, group: number | undefined, token: string): boolean {
  const stat = readStat(pid);
  if (stat === null || stat.isZombie || pid === process.pid) return false;
  return stat.session === group || (readEnviron(pid)?.includes(`${TOKEN}=${token}`) ?? false);
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group !== undefined) kill(-group, signal);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** The child has a process group of its own, which the terminal's Ctrl-C does not reach. */
function watchSignals(): { readonly interrupted: Promise<'interrupted'>; readonly stop: () => void } {
  let stop = () => {};
  const interrupted = new Promise<'interrupted'>((resolve) => {
    const onSignal = () => resolve('interrupted');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    stop = () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, onSignal);
    };
  });
  return { interrupted, stop };
}

class HeadAndTail {
  #head = '';
  #tail = '';

  add(text: string): void {
    if (this.#head.length < HEAD) this.#head += text;
    else this.#tail = (this.#tail + text).slice(-TAIL);
  }

  get text(): string {
    return this.#head + this.#tail;
  }
}
