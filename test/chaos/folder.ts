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
import { MAIN, runBuilt } from '../support/bundle.js';

/** A run that hangs ends with a message after this time. */
const LONGEST_CALL_MS = 1_800_000;

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type StartOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node itself, before the program. */
  readonly nodeArgs?: readonly string[];
  readonly onOutput?: (chunk: string, pid: number) => void;
};
export type Started = { readonly child: ChildProcess; readonly ended: Promise<Ran> };

/** A file of this folder. */
export function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A temporary folder in which hpo runs as a user runs it. */
export class ChaosFolder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), 'hpo-torture-')));

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), text);
    }
  }

  /** Starts hpo; `ended` resolves at its end, whatever the cause. */
  start(args: readonly string[], { env = {}, nodeArgs = [], onOutput }: StartOptions = {}): Started {
    const child = spawn(process.execPath, [...nodeArgs, MAIN, ...args], {
      cwd: this.path,
      env: { ...cleanEnv(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_CALL_MS,
      killSignal: 'SIGKILL',
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        // Only the end of the output matters, and a soak prints a lot.
        said[name] = (said[name] + text).slice(-2_000_000);
        onOutput?.(text, child.pid as number);
      });
    const ended = new Promise<Ran>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, ...said }));
    });
    return { child, ended };
  }

  /** Runs hpo to its end. @throws Error with its output unless it exits 0. */
  async hpo(...args: readonly string[]): Promise<string> {
    return stdoutOf(args, await this.start(args).ended);
  }

  /** Runs a command that starts nothing in this process. @throws Error with its output unless it exits 0. */
  async says(...args: readonly string[]): Promise<string> {
    return stdoutOf(args, await runBuilt(args, { cwd: this.path, env: {} }));
  }

  file(name: string): string {
    return join(this.path, name);
  }

  exists(name: string): boolean {
    return existsSync(this.file(name));
  }

  bytes(name: string): Buffer {
    return readFileSync(this.file(name));
  }

  /** Returns the text of a file, '' when there is none. */
  read(name: string): string {
    return this.exists(name) ? readFileSync(this.file(name), 'utf8') : '';
  }

  /** Ends remaining trainers and removes the folder. */
  remove(): void {
    for (const pid of this.trainers()) process.kill(pid, 'SIGKILL');
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Returns pids of this folder's trials, found by the variables that hpo sets (Linux). */
  trainers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => environOf(pid).includes(`\0HPO_TRIAL_DIR=${this.path}/`))
      .map(Number);
  }
}

function stdoutOf(args: readonly string[], { code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(`hpo ${args.join(' ')} exited ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

function environOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** Returns the environment without variables that a machine, a test runner or another sweep may have set. */
function cleanEnv(): NodeJS.ProcessEnv {
  const own = /^(HPO_|CUDA_|OMP_|npm_|VITEST|NODE_OPTIONS)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(inherited), TERM: 'dumb' };
}
