import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { cleanEnv, MAIN } from '../../support/bundle.js';

/** `hpo mcp` and what a client does with it, line by line. */
export class RawServer {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #id = 0;

  constructor(cwd: string, args: readonly string[] = []) {
    // In a group of its own, as hosts start it, which can be killed with everything in it.
    const child = spawn(process.execPath, [MAIN, 'mcp', ...args], {
      cwd,
      detached: true,
      env: cleanEnv({ HPO_LEASE_DIR: `${cwd}/leases` }),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.child = child;
    this.#lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
  }

  write(text: string | Uint8Array): void {
    this.child.stdin?.write(text);
  }

  /** Returns the next line, as data. */
  async read(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the server has ended');
    return JSON.parse(value) as Answer;
  }

  async request(method: string, params: unknown = {}): Promise<Answer> {
    this.#id += 1;
    this.write(`${JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params })}\n`);
    return this.read();
  }

  /** Returns what a tool says: its data, or its error as text. */
  async call(name: string, given: unknown = {}): Promise<Data> {
    const { result } = await this.request('tools/call', { name, arguments: given });
    const { isError, structuredContent, content } = result as ToolAnswer;
    return isError ? { error: content[0]?.text ?? '' } : structuredContent;
  }

  /** Closes its input; resolves with its exit code. */
  async end(): Promise<number | null> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    return (await ended)[0] as number | null;
  }
}

export type Answer = {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
};
// biome-ignore lint/suspicious/noExplicitAny: what tools say differs, and tests name its members.
export type Data = Readonly<Record<string, any>>;
type ToolAnswer = {
  readonly isError: boolean;
  readonly structuredContent: Data;
  readonly content: readonly { readonly text?: string }[];
};
