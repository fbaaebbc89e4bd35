import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { livenessBySight, type OwnedLiveness, type Verdict } from '../../src/liveness/liveness.js';
import { APART, type Apart } from './apart.js';
import { programOf } from './program.js';

/** Returns the liveness of a process of this name, which checks others itself or by `judge`. */
export function livenessAs(self: string, judge?: (owner: string) => Verdict): OwnedLiveness {
  const bySight = livenessBySight();
  return { ...bySight, self, hold: () => self, judge: judge ?? bySight.judge };
}

/** A fixture program that works on a folder; it is killed after the test. */
export class Program {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: 'holder' | 'judge', folder: string, apart: Apart = 'in this PID namespace') {
    const program = programOf(new URL(`../liveness/fixtures/${name}.ts`, import.meta.url));
    const args = [...APART[apart], process.execPath, program, folder];
    this.#child = spawn(args[0] ?? '', args.slice(1), { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    onTestFinished(() => this.#killGroup());
    const input = this.#child.stdout as NodeJS.ReadableStream;
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  async answer(): Promise<string> {
    return (await this.#lines.next()).value ?? 'ended';
  }

  say(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    return this.answer();
  }

  /** Resolves when all of it has ended, children of `unshare --fork` included. */
  async kill(): Promise<void> {
    this.#killGroup();
    while (!(await this.#lines.next()).done);
  }

  #killGroup(): void {
    try {
      process.kill(-(this.#child.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}
