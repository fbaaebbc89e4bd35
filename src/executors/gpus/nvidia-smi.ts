import { type ChildProcess, spawn } from 'node:child_process';

/** On a busy machine, or one that must wake its GPUs first, seconds are usual. */
const TIMEOUT_MS = 10_000;
const FORMAT = '--format=csv,noheader,nounits';

/**
 * Runs nvidia-smi for a sweep, one call at a time. None of its troubles is an error: a call that fails, takes too long,
 * or comes while an earlier one cannot be killed (a driver that hangs) answers null.
 */
export class NvidiaSmi {
  readonly #timeoutMs: number;
  /** The call that runs, or one that was killed and is not gone. */
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(timeoutMs: number = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** The lines of a query such as `--query-gpu=uuid,memory.free`, split into fields; null when there are none. */
  query(query: string): Promise<string[][] | null> {
    const next = this.#last.then(() => this.#run([query, FORMAT]));
    this.#last = next;
    return next.then((text) => (text === null ? null : fieldsOf(text)));
  }

  /** No further calls. One that runs is killed, and does not keep this process alive should it not die. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) return;
    child.kill('SIGKILL');
    child.stdout?.destroy();
    child.unref();
  }

  #run(args: readonly string[]): Promise<string | null> {
    if (this.#closed || this.#child !== null) return Promise.resolve(null);
    return new Promise((resolve) => {
      const child = spawn('nvidia-smi', args, { stdio: ['ignore', 'pipe', 'ignore'] });
      this.#child = child;
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      const end = (answer: string | null) => {
        if (this.#timer !== null) clearTimeout(this.#timer);
        resolve(answer);
      };
      this.#timer = setTimeout(() => {
        child.kill('SIGKILL');
        child.stdout.destroy();
        end(null);
      }, this.#timeoutMs);
      child.on('error', () => {
        this.#child = null;
        end(null);
      });
      child.on('exit', () => {
        this.#child = null;
      });
      child.on('close', (code) => end(code === 0 ? text : null));
    });
  }
}

function fieldsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split(',').map((field) => field.trim()));
}

/** `[N/A]`, `[Not Supported]` and the like are null. */
export function numberOrNull(text: string | undefined): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}
