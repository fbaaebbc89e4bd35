import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';
import { cleanEnv, MAIN, runBuilt } from './bundle.js';

export { pass, until } from './until.js';

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
type Around = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program and its arguments that run hpo where it sees other processes differently (apart.ts). */
  readonly within?: readonly string[];
};

/** The folder of leases: never the machine's own, where a real sweep may run, and fake GPUs are all alike. */
const leasesIn = (cwd: string) => ({ HPO_LEASE_DIR: join(cwd, 'leases') });

/** Returns the path of a fixture trainer. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/cli/${name}`, import.meta.url));
}

/** Returns a sweep file as data (JSON is YAML): a grid over `quick.sh` on two CPU slots, with `more` applied. */
export function sweepFile(more: Readonly<Record<string, unknown>> = {}): string {
  const { trainer = 'quick.sh', ...rest } = more;
  const command =
    typeof trainer === 'string' ? { command: ['sh', fixture(trainer), '${overrides}'] } : trainer;
  return JSON.stringify({
    study: 's',
    objective: { metric: 'loss', direction: 'minimize' },
    trainer: command,
    sampler: 'grid',
    devices: 'cpu',
    max_concurrent: 2,
    parameters: { x: [1, 2, 3] },
    ...rest,
  });
}

/** Creates a folder with only these files (path -> text); trainers left in it are killed after the test. */
export function makeProject(files: Readonly<Record<string, string>> = {}): string {
  return makeFolder(files, onTestFinished);
}

/** The same for all tests of a file, which must only read what the first of them has made. */
export function useProject(files: Readonly<Record<string, string>>): string {
  return makeFolder(files, afterAll);
}

function makeFolder(files: Readonly<Record<string, string>>, atEnd: (end: () => void) => void): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hpo-cli-')));
  atEnd(() => {
    for (const pid of trainersIn(folder)) killIfThere(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  writeFiles(folder, files);
  return folder;
}

/** Kills a process, which may have ended since it was listed. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** Creates a project with a sweep file from `sweepFile`. */
export function makeSweep(more: Readonly<Record<string, unknown>> = {}): string {
  return makeProject({ 'cfg/sweep.yaml': sweepFile(more) });
}

/** Returns the processes of trials of this folder, found by the environment that hpo gives them (Linux). */
export function trainersIn(folder: string): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`\0HPO_TRIAL_DIR=${folder}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export class RunningHpo {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  stdout = '';
  stderr = '';
  #closed = false;
  #heard: () => void = () => {};

  constructor(args: readonly string[], { cwd, env, within = [] }: Around) {
    if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is missing: run npm run build');
    const [program = '', ...rest] = [...within, process.execPath, MAIN, ...args];
    this.child = spawn(program, rest, {
      cwd,
      env: cleanEnv({ ...leasesIn(cwd), ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const listen = (name: 'stdout' | 'stderr') =>
      this.child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text;
        this.#heard();
      });
    listen('stdout');
    listen('stderr');
    this.ended = new Promise((resolve) =>
      this.child.on('close', (code) => {
        this.#closed = true;
        this.#heard();
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
      }),
    );
  }

  /** Resolves when stdout or stderr matches; rejects when hpo ends without a match. */
  async says(pattern: RegExp): Promise<void> {
    for (;;) {
      if (pattern.test(this.stdout) || pattern.test(this.stderr)) return;
      if (this.#closed) throw new Error(`ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Sends a signal only to hpo, where other programs run it (Linux). */
  signalWithin(signal: NodeJS.Signals): void {
    const pid = descendants(this.child.pid ?? 0).find((each) => argumentsOf(each)[1] === MAIN);
    if (pid === undefined) throw new Error('hpo does not run');
    process.kill(pid, signal);
  }
}

/** Returns a process with all its descendants. */
function descendants(root: number): number[] {
  const found = [root];
  for (const pid of found) {
    const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
    found.push(...children.map(Number));
  }
  return found;
}

function parentOf(pid: string): number {
  const stat = readProc(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function argumentsOf(pid: number): string[] {
  return readProc(String(pid), 'cmdline').split('\0');
}

/** Reads a file of a process in /proc; empty once it has ended. */
function readProc(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

/** Starts hpo; it is killed after the test if it is still running. */
export function spawnHpo(args: readonly string[], around: Around): RunningHpo {
  const running = new RunningHpo(args, around);
  onTestFinished(() => {
    running.kill('SIGKILL');
  });
  return running;
}

/** Starts hpo and waits for its end. */
export function runHpo(args: readonly string[], around: Around): Promise<Ran> {
  return spawnHpo(args, around).ended;
}

/** As `runHpo`, in this process: ten times faster, for tests that are about neither processes nor the terminal. */
export function runHere(args: readonly string[], { cwd, env }: Omit<Around, 'within'>): Promise<Ran> {
  return runBuilt(args, { cwd, env: { ...leasesIn(cwd), ...env } });
}

/** Returns the stdout of a command line of hpo, run in this process; fails with its output unless it exits 0. */
export async function hpo(cwd: string, ...args: readonly string[]): Promise<string> {
  return stdoutOf(args, await runHere(args, { cwd }));
}

/** The same of an hpo that is started as a process of its own. */
export async function startedHpo(cwd: string, ...args: readonly string[]): Promise<string> {
  return stdoutOf(args, await runHpo(args, { cwd }));
}

function stdoutOf(args: readonly string[], { code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(`hpo ${args.join(' ')} exited ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

export type Trial = {
  readonly number: number;
  readonly configuration: number | null;
  readonly attempt: number;
  readonly state: string;
  readonly seed: number;
  readonly device: string | null;
  readonly values: readonly number[] | null;
  readonly params: Readonly<Record<string, unknown>>;
  readonly forced: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly epochs: number;
  readonly exitCode: number | null;
  readonly reason: string | null;
};

/** Returns the trials from `hpo trials --json`. */
export async function trialsOf(cwd: string, ...args: readonly string[]): Promise<Trial[]> {
  return JSON.parse(await hpo(cwd, 'trials', '--json', ...args)) as Trial[];
}

/** Returns the lines of a file that trainers write to; empty before the first. */
export function linesOf(folder: string, name: string): string[] {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** Returns the content of the logs of the folder's sweeps, including earlier calls. */
export function sweepLogs(folder: string): string {
  const outputs = join(folder, 'outputs');
  const names = existsSync(outputs) ? readdirSync(outputs).filter((name) => name.startsWith('sweep_')) : [];
  return names.map((name) => readFileSync(join(outputs, name), 'utf8')).join('');
}

/** Returns every path below a folder, with the text of each file. */
export function tree(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry) => [
        join(entry.parentPath, entry.name),
        entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'latin1') : '',
      ])
      .sort(),
  );
}

/** Returns the records of a CSV that hpo wrote, by column name; fields of the tests' tables contain no line breaks. */
export function readCsv(file: string): Record<string, string>[] {
  const [names = [], ...records] = readFileSync(file, 'utf8')
    .split('\r\n')
    .filter(Boolean)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        (m) => m[1]?.replaceAll('""', '"') ?? m[2] ?? '',
      ),
    );
  return records.map((fields) => Object.fromEntries(names.map((name, k) => [name, fields[k] ?? ''])));
}
