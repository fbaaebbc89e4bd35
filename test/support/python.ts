import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type PythonRan = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

type Around = { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly input?: string };

const SERVER = fileURLToPath(new URL('./forks.py', import.meta.url));

const servers = new Map<string, PythonForks>();

/**
 * Runs one command line of Python (a script or `-c` and a program, then its arguments) in a process of its own, which is
 * forked from one that has run the program `prepared` already. To import PyTorch or Optuna takes seconds.
 */
export function forkPython(
  { python, prepared }: { readonly python: string; readonly prepared: string },
  args: readonly string[],
  around: Around,
): Promise<PythonRan> {
  const key = JSON.stringify([python, prepared]);
  const server = servers.get(key) ?? new PythonForks(python, prepared);
  servers.set(key, server);
  return server.run(args, around);
}

/** A Python that has imported what tests need. It ends with the process of the tests. */
class PythonForks {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (status: number | null) => void>();
  #count = 0;
  #ended = false;

  constructor(python: string, prepared: string) {
    this.#child = spawn(python, [SERVER, prepared], {
      env: { ...process.env, CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.on('close', () => {
      this.#ended = true;
      for (const end of this.#waiting.values()) end(null);
    });
    this.#child.stdin?.on('error', () => {});
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const { job, status } = JSON.parse(line) as { job: number; status: number };
      this.#waiting.get(job)?.(status);
    });
    // It waits for jobs while there are tests; that does not keep their process alive.
    this.#child.unref();
  }

  async run(args: readonly string[], { cwd, env, input = '' }: Around): Promise<PythonRan> {
    const folder = mkdtempSync(join(tmpdir(), 'hpo-python-'));
    const job = this.#count++;
    const files = ['stdin', 'stdout', 'stderr'].map((name) => join(folder, name));
    const [stdin = '', stdout = '', stderr = ''] = files;
    writeFileSync(stdin, input);
    try {
      const status = await new Promise<number | null>((resolve) => {
        if (this.#ended) resolve(null);
        this.#waiting.set(job, resolve);
        this.#child.stdin?.write(`${JSON.stringify({ job, args, cwd, env, files })}\n`);
      });
      this.#waiting.delete(job);
      if (status === null) throw new Error('the Python that forks has ended');
      return { status, stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
