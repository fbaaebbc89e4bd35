import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import { fixture } from './cli.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

type Size = { readonly columns: number; readonly rows: number };

/** hpo in a real pseudo-terminal, with an emulator that shows what a person sees. */
export class HpoOnTerminal {
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #terminal: xterm.Terminal;
  #raw = '';

  constructor(
    args: readonly string[],
    {
      columns,
      rows,
      cwd,
      env,
    }: Size & { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true });
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(HPO_|npm_|VITEST|LC_|LANG|NO_COLOR)/.test(name),
    );
    const command = [
      fixture('in_terminal.py'),
      String(columns),
      String(rows),
      process.execPath,
      MAIN,
      ...args,
    ];
    this.#child = spawn('python3', command, {
      cwd,
      env: { ...Object.fromEntries(inherited), TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#raw += data.toString('latin1');
      this.#terminal.write(data);
    });
    this.ended = new Promise((resolve) =>
      this.#child.on('close', (code) => this.#terminal.write('', () => resolve(code))),
    );
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** Resizes the window. */
  resize({ columns, rows }: Size): void {
    this.#terminal.resize(columns, rows);
    this.#child.stdin?.write(`${columns} ${rows}\n`);
  }

  /** Every row, those that scrolled away too; without the empty ones at the end. `isWrapped`: it continues the one before. */
  rows(): { readonly text: string; readonly isWrapped: boolean }[] {
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: active.length }, (_, k) => {
      const line = active.getLine(k);
      return { text: line?.translateToString(true) ?? '', isWrapped: line?.isWrapped ?? false };
    });
    while (rows.length > 0 && rows.at(-1)?.text === '') rows.pop();
    return rows;
  }

  /** What the program wrote, byte by byte. */
  get raw(): string {
    return this.#raw;
  }
}
