import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { REAL } from '../../support/real-part.js';
import { readRuns } from './reader.js';

const SERVER = fileURLToPath(new URL('fixtures/read_tensorboard.py', import.meta.url));

export type Session = {
  readonly name: string;
  readonly status?: string;
  readonly metrics: Readonly<Record<string, number | string>>;
};
export type Board = {
  /** `[step, value]` of each tag of each run; NaN and infinities as text. */
  readonly scalars: Readonly<Record<string, Readonly<Record<string, [number, number | string][]>>>>;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly name: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly sessions: readonly Session[];
  }[];
};

/** Returns what a real TensorBoard shows of a folder. `fast`: with its data server, which is the default where it is installed. */
export function readBoard(folder: string, fast: boolean): Promise<Board> {
  const expected = Object.entries(readRuns(folder)).map(([run, { scalars }]) => {
    const counts = Object.entries(scalars).map(([tag, points]) => [tag, points.length]);
    return [run, Object.fromEntries(counts)];
  });
  return new Promise((resolve, reject) => {
    const child = execFile(
      REAL.tensorboard,
      [SERVER, folder, String(fast)],
      { maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(stderr));
        else resolve(JSON.parse(stdout) as Board);
      },
    );
    child.stdin?.end(JSON.stringify(Object.fromEntries(expected)));
  });
}
