import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { ENDED, SOCKET, WANTED } from './python-names.js';
import { until } from './until.js';

export type PythonRan = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

type Around = { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string };

/**
 * Runs one command line of Python (a script or `-c` and a program, then its arguments) in a process of its own, which is
 * forked from one that has run the program `prepared` already, for all tests. To import PyTorch or Optuna takes seconds.
 */
export async function forkPython(
  { python, prepared }: { readonly python: string; readonly prepared: string },
  args: readonly string[],
  { cwd, env, input = '' }: Around,
): Promise<PythonRan> {
  // Only Vitest starts the one for all.
  if (process.env.VITEST === undefined) return runPython(python, args, { cwd, env, input });
  const socket = await serverOf(JSON.stringify({ python, prepared }));
  const folder = mkdtempSync(join(tmpdir(), 'hpo-python-'));
  const files = ['stdin', 'stdout', 'stderr'].map((name) => join(folder, name));
  const [stdin = '', stdout = '', stderr = ''] = files;
  writeFileSync(stdin, input);
  try {
    const answer = await ask(socket, { args, cwd, env, files });
    if (answer === '') throw new Error('the Python that forks has ended');
    const { status } = JSON.parse(answer) as { status: number };
    return { status, stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a Python that imports all it needs by itself, as `npm run torture` does. */
function runPython(python: string, args: readonly string[], { cwd, env, input }: Around): Promise<PythonRan> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** Returns the socket of the Python that was prepared like this; the first call starts it. */
async function serverOf(wanted: string): Promise<string> {
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  const at = join(inject('pythonFolder'), name);
  if (!existsSync(at + WANTED)) {
    writeFileSync(`${at}.${process.pid}`, wanted);
    renameSync(`${at}.${process.pid}`, at + WANTED);
  }
  await until(() => existsSync(at + SOCKET) || existsSync(at + ENDED), { what: `Python with ${wanted}` });
  if (existsSync(at + ENDED)) throw new Error(`the Python that forks has ended: ${wanted}`);
  return at + SOCKET;
}

/** Sends a job and returns the answer, which is empty when the server ends. */
function ask(socket: string, job: Readonly<Record<string, unknown>>): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const connection = connect(socket, () => connection.write(`${JSON.stringify(job)}\n`));
    connection.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    connection.on('error', reject);
    connection.on('end', () => resolve(answer));
  });
}
